// The keys of the page. A key that a field or button needs is left to it.

import { undoLast } from "./said.js";
import { card as known } from "./state.js";
import { currentId, neighbour, playerOf, reveal, slotOf } from "./cards.js";
import { change, drop, goOn } from "./card.js";
import { swap } from "./compare.js";
import { generate } from "./compose.js";
import { attempt } from "./said.js";
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
  h: () => attempt(() => change(currentId(), { heart: !known(currentId()).heart })),
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

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    if (!event.target.matches?.(FIELDS) && undoLast()) event.preventDefault();
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
