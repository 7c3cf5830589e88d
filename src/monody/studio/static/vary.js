// Asking for a variation of a card, and showing it.

import { t } from "./player.js";
import { post } from "./api.js";
import { attempt, say } from "./said.js";
import { arrive } from "./compose.js";

// Ask for what the server takes at /api/cards/ID/vary; a button waits for it.
export async function vary(id, asked, pressed) {
  await attempt(async () => {
    say(t("monody writes …"));
    await arrive(post(`/api/cards/${id}/vary`, asked));
  }, pressed);
}
