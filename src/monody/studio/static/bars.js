// Selecting bars of a card: by dragging over its roll or staff, by Shift and arrows, or
// by number.

import { markerOf, t } from "./player.js";
import { barsGroup, barsMenu, barsText } from "./bars_menu.js";
import { say } from "./said.js";

const DRAG = 8;  // px; less is a click, which seeks

/**
 * Call functions while a pointer is dragged over a picture. A click is left to others;
 * the click that ends a drag is not.
 * @param {HTMLElement} place
 * @param {(event: PointerEvent) => any} at what a drag begins with, where it begins
 * @param {(begun: any, event: PointerEvent) => void} moved
 */
function onDrag(place, at, moved) {
  let from = null, dragged = false;
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = false;
    from = { x: event.clientX, y: event.clientY, begun: at(event) };
  });
  place.addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1) return;
    const far = Math.hypot(event.clientX - from.x, event.clientY - from.y);
    if (!dragged && far < DRAG) return;
    if (!dragged) place.setPointerCapture(event.pointerId);
    dragged = true;
    moved(from.begun, event);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    place.addEventListener(kind, () => { from = null; });
  }
  place.addEventListener("click", (event) => {
    if (!dragged) return;
    event.stopPropagation();
    dragged = false;
  }, true);
}

// Make the bars of a card selectable; returns what its panel of changes needs.
export function barsOf(article, id, player) {
  const { lines, first, pictures, bars } = player;
  const least = Math.max(first, 1);  // a pickup goes with bar 1
  const mark = markerOf(article, player, "bars-chosen");
  const menu = barsMenu(article, id, player, () => choose(null));
  const group = barsGroup(id, { least, bars }, (...both) => choose(...both));
  let chosen = null;  // the numbers of the first and the last bar

  const lineOf = (number) => lines[number - first];
  const barAt = (tick) => Math.max(least, first + lines.findLastIndex((line, place) =>
    line <= tick && place < lines.length - 1));

  function choose(one, other) {
    const wanted = one === null ? null : [Math.min(one, other), Math.max(one, other)];
    if (String(wanted) === String(chosen)) return;
    chosen = wanted;
    player.range = chosen && [lineOf(chosen[0]), lineOf(chosen[1] + 1)];
    mark(player.range);
    menu.show(chosen);
    group.show(chosen);
    if (chosen) say(t("{bars} selected", { bars: barsText(chosen) }));
  }

  for (const [name, tickIn] of [["roll", "tickInRoll"], ["staff", "tickInStaff"]]) {
    const place = article.querySelector(`.${name}`);
    if (!place) continue;  // too long for a staff
    const barIn = (event) => barAt(pictures[tickIn](event) ?? lines[0]);
    onDrag(place, barIn, (begun, event) => choose(begun, barIn(event)));
  }

  article.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) return choose(null);
    if (!event.shiftKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return undefined;
    if (event.target.matches("input[type=text], input[type=number], select")) return undefined;
    event.preventDefault();
    event.stopPropagation();
    const here = Math.max(player.bar(), least);
    if (!chosen) return choose(here, here);
    const last = chosen[1] + (event.key === "ArrowRight" ? 1 : -1);
    return choose(chosen[0], Math.max(chosen[0], Math.min(last, bars)));
  });

  return group;
}
