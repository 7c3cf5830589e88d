// Selecting bars in the roll: by dragging over it, by Shift and arrows, or by number.

import { t } from "./player.js";
import { button, draw, make } from "./dom.js";
import { say } from "./said.js";

const DRAG = 8;  // px; less is a click, which seeks

// Make the bars of a card selectable; returns what the menu needs.
export function barsOf(article, id, player) {
  const { lines, first, pictures } = player, bars = player.bars;
  const least = Math.max(first, 1);  // a pickup goes with bar 1
  let chosen = null, fields = null;

  const lineOf = (number) => lines[number - first];
  const barAt = (tick) => {
    const number = lines.findLastIndex((line, place) =>
      line <= tick && place < lines.length - 1) + first;
    return Math.max(number, least);
  };

  function show() {
    for (const mark of article.querySelectorAll(".roll-chosen")) mark.remove();
    if (!chosen) return;
    const [from, until] = [lineOf(chosen[0]), lineOf(chosen[1] + 1)];
    for (const row of pictures.rows) {
      const start = Math.max(from, row.start), end = Math.min(until, row.end);
      if (start >= end) continue;
      const x = (tick) => row.left +
        (tick - row.start) / (row.end - row.start) * (row.right - row.left);
      row.element.insertBefore(draw("rect", { class: "roll-chosen", x: x(start), y: 0,
        width: x(end) - x(start), height: row.element.dataset.height }),
      row.element.querySelector(".roll-note"));
    }
  }

  function choose(one, other) {
    chosen = one === null ? null : [Math.min(one, other), Math.max(one, other)];
    player.range = chosen && [lineOf(chosen[0]), lineOf(chosen[1] + 1)];
    if (fields && chosen) [fields[0].value, fields[1].value] = chosen;
    show();
    if (chosen) say(t("Bars {first} to {last} selected", { first: chosen[0], last: chosen[1] }));
  }

  const opener = article.querySelector(".open-change");
  const openMenu = () => { if (opener.ariaExpanded !== "true") opener.click(); };

  const roll = article.querySelector(".roll");
  let from = null, dragged = false;
  roll.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = false;
    from = { x: event.clientX, y: event.clientY, bar: barAt(pictures.tickInRoll(event)) };
  });
  roll.addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1) return;
    const far = Math.hypot(event.clientX - from.x, event.clientY - from.y);
    if (!dragged && far < DRAG) return;
    if (!dragged) roll.setPointerCapture(event.pointerId);
    dragged = true;
    const bar = barAt(pictures.tickInRoll(event));
    const same = chosen && Math.min(from.bar, bar) === chosen[0] && Math.max(from.bar, bar) === chosen[1];
    if (!same) choose(from.bar, bar);
  });
  roll.addEventListener("pointerup", () => {
    if (dragged) openMenu();
    from = null;
  });
  roll.addEventListener("pointercancel", () => { from = null; });
  // The click that ends a drag does not seek.
  roll.addEventListener("click", (event) => {
    if (!dragged) return;
    event.stopPropagation();
    dragged = false;
  }, true);

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

  // The part of the menu that rewrites bars.
  function group(ask) {
    const field = (label, value) => make("input", { type: "number", min: least, max: bars,
      value, "aria-label": label, class: "number" });
    const [one, other] = chosen ?? [Math.min(least + 2, bars), Math.min(least + 3, bars)];
    fields = [field(t("First bar"), one), field(t("Last bar"), other)];
    for (const each of fields) {
      each.addEventListener("change", () => {
        const numbers = fields.map((knob) =>
          Math.max(least, Math.min(Number(knob.value) || least, bars)));
        choose(...numbers);
      });
    }
    return make("fieldset", {}, make("legend", {}, t("Rewrite bars")),
      make("div", { class: "row" }, make("span", {}, t("Bars")), fields[0],
        make("span", {}, t("to")), fields[1],
        button(t("Rewrite"), (event) => {
          const [first_, last] = fields.map((knob) => Number(knob.value));
          ask({ replace: [Math.min(first_, last), Math.max(first_, last)] }, event.currentTarget);
        }, { class: "rewrite" }),
        make("span", { class: "soft" }, t("or drag over the roll"))));
  }
  return { group, choose, chosen: () => chosen };
}
