// The bars that are selected, marked in the roll and the staff of a card.

import { draw } from "./dom.js";

// The part of a row of the roll that is in a range of ticks, if any is.
function markInRow(row, [from, until]) {
  const start = Math.max(from, row.start), end = Math.min(until, row.end);
  if (start >= end) return;
  const x = (tick) => row.left +
    (tick - row.start) / (row.end - row.start) * (row.right - row.left);
  const mark = draw("rect", { class: "bars-chosen", x: x(start), y: 0,
    width: x(end) - x(start), height: row.element.dataset.height });
  row.element.insertBefore(mark, row.element.querySelector(".roll-note"));
}

function markMeasure(measure) {
  const { x, y, width, height } = measure.getBBox();
  measure.prepend(draw("rect", { class: "bars-chosen", x, y, width, height }));
}

/**
 * Returns a function that marks a range of ticks, or none.
 * @param {HTMLElement} article
 * @param {{lines: number[], pictures: object}} player
 */
export function markerOf(article, { lines, pictures }) {
  const measures = [...article.querySelectorAll(".staff .measure")];
  const hasAll = measures.length === lines.length - 1;
  return (range) => {
    for (const mark of article.querySelectorAll(".bars-chosen")) mark.remove();
    if (!range) return;
    for (const row of pictures.rows) markInRow(row, range);
    measures.forEach((measure, place) => {
      if (hasAll && range[0] <= lines[place] && lines[place] < range[1]) markMeasure(measure);
    });
  };
}
