// Generate: ask for melodies, and put them before all others.

import { t } from "./player.js";
import { patch, post } from "./api.js";
import { remember } from "./deeds.js";
import { all, keep } from "./state.js";
import { attempt, say } from "./said.js";
import { model, settings } from "./knobs.js";
import { seedUsed } from "./seed.js";
import { go, here } from "./views.js";
import { reveal } from "./cards.js";

const form = document.getElementById("compose");
const button = document.getElementById("generate");
let isWriting = false;

export const written = (count) => count === 1
  ? t("1 melody written") : t("{count} melodies written", { count });

// What was written, as a deed: undone it is deleted, from where it can be had back.
function writing(cards) {
  const put = (deleted) => async () => {
    for (const { id } of cards) keep("cards", [await patch(`/api/cards/${id}`, { deleted })]);
  };
  return { what: written(cards.length), undo: put(true), redo: put(false) };
}

// Wait for cards, say how many, and show the first; whoever went to another room
// meanwhile stays there. What nobody asked for takes no focus, and nobody out of a room.
export async function arrive(asked, { focus = true } = {}) {
  const from = focus ? here() : "melodies";
  const { cards } = await asked;
  keep("cards", cards);
  if (focus) remember(writing(cards));
  say(written(cards.length));
  if (here() !== from) return cards;
  go("melodies");
  if (cards.length) reveal(cards[0].id, { focus });
  return cards;
}

export async function generate({ focus = true } = {}) {
  if (isWriting) return;
  isWriting = true;
  document.getElementById("cards").setAttribute("aria-busy", "true");
  const asked = settings();
  await attempt(async () => {
    const answer = post("/api/compose", { model: model(), settings: asked });
    const cards = await arrive(answer, { focus });
    seedUsed(cards[0]?.settings.seed);
  }, button);
  document.getElementById("cards").setAttribute("aria-busy", "false");
  isWriting = false;
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
