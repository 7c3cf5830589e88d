// The roll and the staff of a melody: where the music is, what sounds, what was clicked.
// All times are ticks of the melody; pixels are those of the window.

// A staff counts from its first note: it ends where the last bar line of the roll is.
function spans(card, end) {
  const staff = card.querySelector(".staff svg[data-end]");
  const shift = staff ? end - Number(staff.dataset.end) : 0;
  const drawn = [
    ...[...card.querySelectorAll(".roll-note")].map((element) => [element, 0]),
    ...[...card.querySelectorAll(".staff .note[data-start]")]
      .map((element) => [element, shift]),
  ];
  return drawn.map(([element, more]) => ({
    element, start: Number(element.dataset.start) + more,
    end: Number(element.dataset.end) + more,
  })).sort((one, other) => one.start - other.start);
}

const rowsOf = (card) => [...card.querySelectorAll(".roll-row")].map((element) => ({
  element, start: Number(element.dataset.start), end: Number(element.dataset.end),
  left: Number(element.dataset.left), right: Number(element.dataset.right),
  line: element.querySelector(".roll-playhead"),
}));

// How far a point is above or below a box; 0 beside it.
const above = (box, y) => Math.max(box.top - y, y - box.bottom, 0);
const nearest = (items, distance) => items.reduce(
  (best, item) => {
    const far = distance(item);
    return far < best.far ? { item, far } : best;
  }, { item: undefined, far: Infinity }).item;

// Draws where the music is in the pictures of a card.
export class Pictures {
  // A card, and the ticks of its first and last bar line.
  constructor(card, begin, end) {
    Object.assign(this, { card, begin, end });
    this.read();
  }

  // Find the notes; again when a picture was replaced.
  read() {
    this.rows = rowsOf(this.card);
    this.spans = spans(this.card, this.end);
    this.staffs = [...this.card.querySelectorAll(".staff svg[data-end]")].map((drawing) => (
      { drawing, notes: this.spans.filter((one) => drawing.contains(one.element)) }));
    this.lit = [];
    this.litUntil = [0, 0];
  }

  // The row of the roll that a tick is in.
  rowAt(tick) {
    const last = this.rows.at(-1);
    return this.rows.find((row) => row.start <= tick && tick < row.end) ?? last;
  }

  // Move the playhead, and light the notes that sound, if any shall.
  show(tick, lights) {
    const here = this.rowAt(tick);
    for (const row of this.rows) {
      const visibility = row === here ? "visible" : "hidden";
      if (row.line.getAttribute("visibility") !== visibility) {
        row.line.setAttribute("visibility", visibility);
      }
    }
    if (here) {
      const share = (tick - here.start) / (here.end - here.start);
      const x = here.left + share * (here.right - here.left);
      here.line.setAttribute("x1", x);
      here.line.setAttribute("x2", x);
    }
    this.light(lights ? tick : -Infinity);
  }

  // Light what sounds at a tick. Between two changes there is nothing to do.
  light(tick) {
    const [from, until] = this.litUntil;
    if (from <= tick && tick < until) return false;
    const sounding = this.spans.filter((one) => one.start <= tick && tick < one.end);
    const next = this.spans.find((one) => one.start > tick)?.start ?? Infinity;
    const first = Math.min(next, ...sounding.map((one) => one.end));
    this.litUntil = [tick, first];
    for (const { element } of this.lit) {
      element.classList.remove("now", "roll-now");
    }
    for (const { element } of sounding) {
      const isRoll = element.classList.contains("roll-note");
      element.classList.add(isRoll ? "roll-now" : "now");
    }
    this.lit = sounding;
    return true;
  }

  // The notes of the staff that is shown: a page may have one for wide windows and one
  // for narrow ones.
  notesInStaff() {
    return this.staffs.find(({ drawing }) => drawing.getClientRects().length)?.notes ?? [];
  }

  // What the reader follows: the row of the roll and the line of the staff at a tick.
  placesAt(tick) {
    const inStaff = this.notesInStaff().findLast((one) => one.start <= tick);
    const system = inStaff?.element.closest(".system");
    return [this.rowAt(tick)?.element, system].filter(Boolean);
  }

  // The tick that was clicked, or undefined outside of both pictures.
  tickAt(event) {
    const note = event.target.closest(".roll-note, .staff .note");
    const span = note && this.spans.find((one) => one.element === note);
    if (span) return span.start;
    if (event.target.closest(".roll")) return this.tickInRoll(event);
    if (event.target.closest(".staff")) return this.tickInStaff(event);
    return undefined;
  }

  // The roll is exact: a point between two notes is a time, too.
  tickInRoll({ clientX, clientY }) {
    const row = nearest(this.rows,
      ({ element }) => above(element.getBoundingClientRect(), clientY));
    if (!row) return undefined;
    const drawing = row.element.ownerSVGElement;
    const toDrawing = drawing.getScreenCTM().inverse();
    const { x } = new DOMPoint(clientX, clientY).matrixTransform(toDrawing);
    const share = (x - row.left) / (row.right - row.left);
    const tick = row.start + share * (row.end - row.start);
    return Math.min(Math.max(tick, row.start), row.end - 1);
  }

  // A staff has no scale of time: the note whose head is nearest is meant.
  tickInStaff({ clientX, clientY }) {
    const notes = this.notesInStaff();
    const systems = new Set(notes.map((one) => one.element.closest(".system")));
    const system = nearest([...systems],
      (one) => above(one.getBoundingClientRect(), clientY));
    const inside = notes.filter((one) => system.contains(one.element));
    return nearest(inside, ({ element }) =>
      Math.abs(element.getBoundingClientRect().left - clientX))?.start;
  }
}
