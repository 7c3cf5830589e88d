// Generate: ask for melodies, and put them before all others.

import { t } from "./player.js";
import { post } from "./api.js";
import { all, keep } from "./state.js";
import { attempt, say } from "./said.js";
import { model, seedUsed, settings } from "./knobs.js";
import { go } from "./views.js";
import { reveal } from "./cards.js";

const form = document.getElementById("compose");
const button = document.getElementById("generate");
let writing = false;

export const written = (count) => count === 1
  ? t("1 melody written") : t("{count} melodies written", { count });

// Keep cards that were answered, say how many, and show the first.
export function arrived(cards, { focus = true } = {}) {
  keep("cards", cards);
  say(written(cards.length));
  go("melodies");
  if (cards.length) reveal(cards[0].id, { focus });
  return cards;
}

export async function generate({ focus = true } = {}) {
  if (writing) return;
  writing = true;
  document.getElementById("cards").setAttribute("aria-busy", "true");
  const asked = settings();
  await attempt(async () => {
    const { cards } = await post("/api/compose", { model: model(), settings: asked });
    if (cards[0]?.settings.seed != null) form.dataset.lastSeed = cards[0].settings.seed;
    seedUsed();
    arrived(cards, { focus });
  }, button);
  document.getElementById("cards").setAttribute("aria-busy", "false");
  writing = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  generate();  // Space plays it then
});

// An empty page says little: the first visit begins with a melody.
export function first() {
  const empty = document.getElementById("empty");
  if (all("cards").length) return;
  empty.hidden = false;
  generate({ focus: false });
}
