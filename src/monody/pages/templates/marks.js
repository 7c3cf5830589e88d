// Ranges of ticks, marked in the roll and the staff of a card.

function drawn(name, look) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.setAttribute("stroke-width", 0);  // a staff draws the outline of everything
  for (const [attribute, value] of Object.entries(look)) element.setAttribute(attribute, value);
  return element;
}

// The part of a row of the roll that is in a range, if any is.
function markInRow(row, [from, until], look) {
  const start = Math.max(from, row.start), end = Math.min(until, row.end);
  if (start >= end) return;
  const x = (tick) => row.left +
    (tick - row.start) / (row.end - row.start) * (row.right - row.left);
  const mark = drawn("rect", { class: look, x: x(start), y: 0, width: x(end) - x(start),
    height: row.element.dataset.height });
  row.element.insertBefore(mark, row.element.querySelector(".roll-note"));
}

// As wide as the bar is, and twice as high as the lines of its staff.
function markMeasure(measure, look) {
  const lines = [...measure.querySelectorAll(".staff > path")].map((path) => path.getBBox());
  const { x, width } = lines[0], top = lines[0].y, height = lines.at(-1).y - top;
  measure.prepend(drawn("rect",
    { class: look, x, y: top - height / 2, width, height: 2 * height }));
}

// Returns a function that marks a range of ticks, or none, in the pictures of a card:
// those of its player, with marks of the class `look`.
export function markerOf(card, { lines, pictures }, look) {
  const measures = [...card.querySelectorAll(".staff .measure")];
  const hasAll = measures.length === lines.length - 1;
  return (range) => {
    for (const mark of card.querySelectorAll(`.${look}`)) mark.remove();
    if (!range) return;
    for (const row of pictures.rows) markInRow(row, range, look);
    measures.forEach((measure, place) => {
      if (hasAll && range[0] <= lines[place] && lines[place] < range[1]) {
        markMeasure(measure, look);
      }
    });
  };
}

// The bars that a melody continues, so that one sees where it goes on.
function markGiven(player) {
  const { given } = player.card.dataset;
  if (given) markerOf(player.card, player, "given")([player.lines[0], Number(given)]);
}
