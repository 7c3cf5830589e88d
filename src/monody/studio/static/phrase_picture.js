// The picture of a phrase that is being drawn: keys, grid, notes, cursor, playhead.

import { draw, pitchName } from "./dom.js";

export const ROWS = 25;  // pitches that are shown: two octaves
const ROW = 16, LEFT = 38, TOP = 18;  // px
const BLACK = [1, 3, 6, 8, 10];

/** Where pitches and ticks are in a box; `low` is the lowest pitch that is shown. */
export class Places {
  constructor(box, { low, end }) {
    Object.assign(this, { box, low, end, width: box.clientWidth, height: TOP + ROWS * ROW });
  }

  get step() { return (this.width - LEFT - 2) / this.end; }  // px a tick
  x(tick) { return LEFT + tick * this.step; }
  y(pitch) { return TOP + (this.low + ROWS - 1 - pitch) * ROW; }
  shows(pitch) { return this.low <= pitch && pitch < this.low + ROWS; }

  // The pitch and tick of a point in the window.
  under({ clientX, clientY }) {
    const box = this.box.getBoundingClientRect();
    const tick = (clientX - box.left - LEFT) / this.step;
    const row = Math.floor((clientY - box.top - TOP) / ROW);
    return { pitch: this.low + ROWS - 1 - Math.max(0, Math.min(row, ROWS - 1)),
      tick: Math.max(0, Math.min(tick, this.end - 1)) };
  }
}

function keyRows(places) {
  const pitches = Array.from({ length: ROWS }, (_, row) => places.low + row);
  return pitches.flatMap((pitch) => {
    const shade = BLACK.includes(pitch % 12) ? "black-row" : "white-row";
    const row = draw("rect", { class: shade, x: LEFT, y: places.y(pitch),
      width: places.width - LEFT - 2, height: ROW - 0.5 });
    return pitch % 12 ? [row] : [row, draw("text",
      { x: LEFT - 6, y: places.y(pitch) + 13, "text-anchor": "end" }, pitchName(pitch))];
  });
}

const upright = (look, places, tick) => draw("line", { class: look,
  x1: places.x(tick), x2: places.x(tick), y1: TOP, y2: places.height });

function grid(places, { value, beat, barTicks, bars, end }) {
  const parts = [];
  for (let tick = 0; tick <= end; tick += value) {
    const look = tick % barTicks === 0 ? "bar-line" : tick % beat === 0 ? "beat-line" : "grid-line";
    parts.push(upright(look, places, tick));
  }
  for (let bar = 0; bar < bars; bar += 1) {
    parts.push(draw("text", { x: places.x(bar * barTicks) + 3, y: 13 }, String(bar + 1)));
  }
  return parts;
}

/** A rectangle for a note or the cursor, `gap` px smaller on all sides. */
const block = (look, places, { pitch, start, end }, gap) => draw("rect", { class: look,
  x: places.x(start) + gap / 2, y: places.y(pitch) + gap, rx: 3 * gap,
  width: Math.max((end - start) * places.step - gap, 2), height: ROW - 2 * gap });

/**
 * Draw it all: a phrase is short.
 * @param {Places} places
 * @param {import("./phrase_notes.js").PhraseNotes} notes
 * @param {{pitch: number, tick: number}} cursor
 * @param {?number} head the tick of the playhead, if there is one
 */
export function drawPhrase(places, notes, cursor, head) {
  const { end } = notes;
  const shown = notes.all.filter((note) => note.start < end && places.shows(note.pitch));
  places.box.setAttribute("viewBox", `0 0 ${places.width} ${places.height}`);
  places.box.replaceChildren(...keyRows(places), ...grid(places, notes),
    block("cursor", places, { ...cursor, start: cursor.tick, end: cursor.tick + notes.value }, 0),
    ...shown.map((note) =>
      block("drawn-note", places, { ...note, end: Math.min(note.end, end) }, 1)),
    ...(head === null ? [] : [upright("head", places, head)]));
}
