// The page follows the music: it scrolls to the row that sounds, as a page is turned.
// Who scrolls by hand, or reads something else, is left alone.

const PATIENCE = 4000;  // ms after the reader scrolled
const MARGIN = 16;  // px around a row
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let scrolledByHand = -Infinity;
for (const kind of ["wheel", "touchmove"]) {
  addEventListener(kind, () => { scrolledByHand = performance.now(); },
    { passive: true });
}

// The px of a box that are in the window, below what covers its upper part.
const seen = (box, top) => Math.min(box.bottom, innerHeight) - Math.max(box.top, top);
const isWhole = (box, top) => box.top >= top && box.bottom <= innerHeight;

// Returns a function that is told which rows sound, and scrolls to one if none is seen.
export function follower(card) {
  const bar = card.querySelector(".player");
  let before = [];
  return (rows) => {
    if (rows.every((row, place) => row === before[place])) return;
    before = rows;
    if (performance.now() - scrolledByHand < PATIENCE) return;
    const top = Math.max(bar.getBoundingClientRect().bottom, 0);
    const boxes = rows.map((row) => row.getBoundingClientRect());
    if (boxes.some((box) => isWhole(box, top))) return;
    const shares = rows.map((row) =>
      seen(row.closest(".picture").getBoundingClientRect(), top));
    const most = Math.max(...shares);
    if (most <= 0) return;  // the reader is elsewhere
    const box = boxes[shares.indexOf(most)];
    scrollBy({
      top: box.top - bar.offsetHeight - MARGIN,
      behavior: calm.matches ? "instant" : "smooth",
    });
  };
}

// Where a picture is wider than its place, keep an element of it in sight.
export function keepInPicture(element) {
  const place = element.closest(".picture");
  if (!place || place.scrollWidth <= place.clientWidth) return;
  const box = element.getBoundingClientRect(), frame = place.getBoundingClientRect();
  if (box.left >= frame.left && box.right <= frame.right - MARGIN) return;
  place.scrollLeft += box.left - frame.left - MARGIN;
}
