// Generate: ask for melodies, and put them before all others.

import { t } from "./player.js";
import { post } from "./api.js";
import { all, keep } from "./state.js";
import { attempt, say } from "./said.js";
import { model, settings } from "./knobs.js";
import { seedUsed } from "./seed.js";
import { go, here } from "./views.js";
import { reveal } from "./cards.js";

const form = document.getElementById("compose");
const button = document.getElementById("generate");
let writing = false;

export const written = (count) => count === 1
  ? t("1 melody written") : t("{count} melodies written", { count });

// Wait for cards, say how many, and show the first; whoever went to another room
// meanwhile stays there. What nobody asked for takes no focus, and nobody out of a room.
export async function arrive(asked, { focus = true } = {}) {
  const from = focus ? here() : "melodies";
  const { cards } = await asked;
  keep("cards", cards);
  say(written(cards.length));
  if (here() !== from) return cards;
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
    const answer = post("/api/compose", { model: model(), settings: asked });
    const cards = await arrive(answer, { focus });
    seedUsed(cards[0]?.settings.seed);
  }, button);
  document.getElementById("cards").setAttribute("aria-busy", "false");
  writing = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  generate();  // Space plays it then
});

// An empty page says little: the first visit begins with a melody.
export async function first() {
  if (all("cards").length) return;
  const empty = document.getElementById("empty");
  empty.textContent = t("Your first melody is being written …");
  await generate({ focus: false });
  if (!all("cards").length) empty.textContent = t("There is no melody yet: press Generate.");
}
