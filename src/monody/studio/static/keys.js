// The keys of the page. A key that a field or button needs is left to it.

import { redo, undo } from "./deeds.js";
import { currentId, neighbour, playerOf, reveal, slotOf } from "./cards.js";
import { drop, goOn, toggleHeart } from "./card.js";
import { swap } from "./compare.js";
import { generate } from "./compose.js";
import { redoPhrase, undoPhrase } from "./phrase.js";
import { here } from "./views.js";

const help = document.getElementById("help");
const inCard = (name) => slotOf(currentId())?.querySelector(name);

async function withPlayer(act) {
  const id = currentId();
  if (!id) return;
  const player = playerOf(id) ?? await reveal(id, { focus: false });
  if (player) act(player);
}

const step = (by) => () => {
  const id = neighbour(currentId(), by);
  if (id) reveal(id);
};
const bar = (by) => () => withPlayer((player) => player.toBar(player.bar() + by));

const ACTS = {
  " ": () => withPlayer((player) => player.toggle()),
  ArrowLeft: bar(-1), ArrowRight: bar(1), ArrowUp: step(-1), ArrowDown: step(1),
  l: () => inCard(".loop")?.click(),
  g: () => generate(),
  v: () => inCard(".open-change")?.click(),
  c: () => currentId() && goOn(currentId(), "continue", inCard(".continue")),
  h: () => currentId() && toggleHeart(currentId()),
  d: () => inCard(".files a")?.click(),
  n: () => inCard("details:has(.staff) > summary")?.click(),
  x: () => swap(),
  Delete: () => currentId() && drop(currentId()),
};

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
// What has keys of its own: a button its Space, a slider and a menu their arrows.
function isTaken(event) {
  const { target, key } = event;
  if (target.closest?.("[data-keys=own], dialog")) return true;
  if (target.matches?.("input[type=range]")) return key.startsWith("Arrow");
  if (target.matches?.(FIELDS)) return true;
  return key === " " && target.matches?.("button, summary, a, input");
}

// Ctrl Z undoes, with Shift and as Ctrl Y it is done again. What is typed has its own.
const TEXTS = "input[type=text], input[type=number], textarea";
function wayBack(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  if (event.target.matches?.(TEXTS)) return null;
  const way = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
  return way && (here() === "phrase" ? { undo: undoPhrase, redo: redoPhrase } : { undo, redo })[way];
}

document.addEventListener("keydown", (event) => {
  const back = wayBack(event);
  if (back && !document.querySelector("dialog[open]")) {
    if (back()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  if (event.key === "?") {
    event.preventDefault();
    help.showModal();
    return;
  }
  if (event.shiftKey || here() !== "melodies") return;
  const act = ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || (event.repeat && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  act();
});
document.getElementById("help-button").addEventListener("click", () => help.showModal());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
