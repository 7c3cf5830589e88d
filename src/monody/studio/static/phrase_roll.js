// A roll to draw a melody on, by mouse, touch and keyboard. All times are ticks.

import { t } from "./player.js";
import { draw, pitchName } from "./dom.js";
import { say } from "./said.js";

const ROWS = 25, ROW = 16, LEFT = 38, TOP = 18, HOLD = 9;  // px; two octaves are shown
const BLACK = [1, 3, 6, 8, 10];

export class PhraseRoll {
  // An element, and functions that are told when notes change and when one is set.
  constructor(place, { changed, heard }) {
    Object.assign(this, { changed, heard, low: 60, notes: [], past: [], value: 12, bars: 2,
      barTicks: 96, beat: 24, cursor: { pitch: 72, tick: 0 }, head: null });
    this.box = draw("svg", { class: "drawn", tabindex: 0, role: "application", "data-keys": "own",
      "aria-label": t("Roll to draw on. Arrows move, Enter sets or removes a note, plus and minus change its length, Page Up and Page Down change the octave.") });
    place.append(this.box);
    this.listen();
    new ResizeObserver(() => this.show()).observe(place);
  }

  get end() { return this.bars * this.barTicks; }
  get step() { return (this.box.clientWidth - LEFT - 2) / this.end; }  // px a tick
  x(tick) { return LEFT + tick * this.step; }
  y(pitch) { return TOP + (this.low + ROWS - 1 - pitch) * ROW; }
  noteAt(pitch, tick) {
    return this.notes.find((note) =>
      note.pitch === pitch && note.start <= tick && tick < note.end);
  }

  // The pitch and tick of a point in the window.
  under({ clientX, clientY }) {
    const box = this.box.getBoundingClientRect();
    const tick = (clientX - box.left - LEFT) / this.step;
    const row = Math.floor((clientY - box.top - TOP) / ROW);
    return { pitch: this.low + ROWS - 1 - Math.max(0, Math.min(row, ROWS - 1)),
      tick: Math.max(0, Math.min(tick, this.end - 1)) };
  }

  // Keep the notes as they are, so that "Undo" brings them back.
  remember() { this.past.push(this.notes.map((note) => ({ ...note }))); }
  undo() {
    const before = this.past.pop();
    if (before) this.use(before);
    return Boolean(before);
  }

  use(notes) {
    this.notes = notes;
    this.show();
    this.changed(this.rows());
  }

  // As the server takes them: [pitch, start, end].
  rows() {
    return this.notes.filter((note) => note.start < this.end)
      .map(({ pitch, start, end }) => [pitch, start, Math.min(end, this.end)]);
  }

  // Show notes from elsewhere: [pitch, start, end] each.
  take(rows) {
    this.remember();
    const pitches = rows.map(([pitch]) => pitch);
    if (rows.length) {
      const middle = (Math.min(...pitches) + Math.max(...pitches)) / 2;
      this.low = Math.max(0, Math.round((middle - ROWS / 2) / 12) * 12);
    }
    this.use(rows.map(([pitch, start, end]) => ({ pitch, start, end })));
  }

  // One voice only: a note ends what sounds before it, and replaces what begins in it.
  settle(note) {
    this.notes = this.notes.filter((other) => other === note ||
      !(note.start <= other.start && other.start < note.end));
    for (const other of this.notes) {
      if (other.start < note.start && other.end > note.start) other.end = note.start;
    }
    this.notes.sort((one, other) => one.start - other.start);
  }

  set(pitch, tick) {
    const start = Math.floor(tick / this.value) * this.value;
    const note = { pitch, start, end: Math.min(start + this.value, this.end) };
    this.notes.push(note);
    this.heard(pitch);
    return note;
  }

  listen() {
    let moved = null;  // {note, from, grip, isNew, dragged}
    this.box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.box.focus({ preventScroll: true });
      this.box.setPointerCapture(event.pointerId);
      const at = this.under(event);
      this.remember();
      const found = this.noteAt(at.pitch, at.tick);
      const note = found ?? this.set(at.pitch, at.tick);
      const nearEnd = (note.end - at.tick) * this.step < HOLD;
      moved = { note, offset: at.tick - note.start, isNew: !found, dragged: false, at,
        grip: !found || nearEnd ? "end" : "all" };
      this.cursor = { pitch: at.pitch, tick: note.start };
      this.show();
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!moved) return;
      const at = this.under(event), { note } = moved, grid = this.value;
      const far = Math.abs(at.tick - moved.at.tick) * this.step;
      if (far < 6 && at.pitch === moved.at.pitch && !moved.dragged) return;
      moved.dragged = true;
      if (moved.grip === "end") {
        note.end = Math.min(this.end, Math.max(note.start + grid,
          Math.ceil(at.tick / grid) * grid));
      } else {
        const length = note.end - note.start;
        const start = Math.round((at.tick - moved.offset) / grid) * grid;
        note.start = Math.max(0, Math.min(start, this.end - length));
        note.end = note.start + length;
      }
      if (note.pitch !== at.pitch) this.heard(note.pitch = at.pitch);
      this.show();
    });
    this.box.addEventListener("pointerup", () => {
      if (!moved) return;
      const { note, isNew, dragged } = moved;
      moved = null;
      if (!isNew && !dragged) this.notes = this.notes.filter((other) => other !== note);
      else this.settle(note);
      this.use(this.notes);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "z") { event.preventDefault(); this.undo(); }
      return;
    }
    const { cursor, value } = this, found = this.noteAt(cursor.pitch, cursor.tick);
    const move = (pitch, ticks) => {
      cursor.pitch = Math.max(0, Math.min(cursor.pitch + pitch, 127));
      cursor.tick = Math.max(0, Math.min(cursor.tick + ticks, this.end - value));
      if (cursor.pitch < this.low) this.low -= 12;
      if (cursor.pitch > this.low + ROWS - 1) this.low += 12;
    };
    const longer = (ticks) => {
      if (!found) return;
      this.remember();
      found.end = Math.min(Math.max(found.start + value, found.end + ticks), this.end);
      this.settle(found);
      this.use(this.notes);
    };
    const acts = {
      ArrowLeft: () => move(0, -value), ArrowRight: () => move(0, value),
      ArrowUp: () => move(1, 0), ArrowDown: () => move(-1, 0),
      PageUp: () => move(12, 0), PageDown: () => move(-12, 0),
      "+": () => longer(value), "-": () => longer(-value),
      Enter: () => this.toggle(found), " ": () => this.toggle(found),
      Delete: () => found && this.toggle(found), Backspace: () => found && this.toggle(found),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
    this.show();
    const bar = Math.floor(cursor.tick / this.barTicks) + 1;
    const beat = Math.floor(cursor.tick % this.barTicks / this.beat) + 1;
    const there = this.noteAt(cursor.pitch, cursor.tick);
    say(t("{pitch}, bar {bar}, beat {beat}", { pitch: pitchName(cursor.pitch), bar, beat }) +
      (there ? `, ${t("a note")}` : ""));
  }

  toggle(found) {
    this.remember();
    if (found) this.notes = this.notes.filter((note) => note !== found);
    else this.settle(this.set(this.cursor.pitch, this.cursor.tick));
    this.use(this.notes);
  }

  // Draw it all: a phrase is short.
  show() {
    const width = this.box.clientWidth, height = TOP + ROWS * ROW;
    if (!width) return;
    this.box.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [];
    for (let pitch = this.low; pitch < this.low + ROWS; pitch += 1) {
      const shade = BLACK.includes(pitch % 12) ? "black-row" : "white-row";
      parts.push(draw("rect", { class: shade, x: LEFT, y: this.y(pitch),
        width: width - LEFT - 2, height: ROW - 0.5 }));
      if (pitch % 12 === 0) {
        parts.push(draw("text", { x: LEFT - 6, y: this.y(pitch) + 13, "text-anchor": "end" },
          pitchName(pitch)));
      }
    }
    for (let tick = 0; tick <= this.end; tick += this.value) {
      const kind = tick % this.barTicks === 0 ? "bar-line" : tick % this.beat === 0 ? "beat-line" : "grid-line";
      parts.push(draw("line", { class: kind, x1: this.x(tick), x2: this.x(tick), y1: TOP, y2: height }));
    }
    for (let bar = 0; bar < this.bars; bar += 1) {
      parts.push(draw("text", { x: this.x(bar * this.barTicks) + 3, y: 13 }, String(bar + 1)));
    }
    parts.push(draw("rect", { class: "cursor", x: this.x(this.cursor.tick), y: this.y(this.cursor.pitch),
      width: this.value * this.step, height: ROW }));
    for (const { pitch, start, end } of this.notes) {
      if (start >= this.end || pitch < this.low || pitch >= this.low + ROWS) continue;
      parts.push(draw("rect", { class: "drawn-note", x: this.x(start) + 0.5, y: this.y(pitch) + 1, rx: 3,
        width: Math.max((Math.min(end, this.end) - start) * this.step - 1, 2), height: ROW - 2 }));
    }
    if (this.head !== null) {
      parts.push(draw("line", { class: "head", x1: this.x(this.head), x2: this.x(this.head), y1: TOP, y2: height }));
    }
    this.box.replaceChildren(...parts);
  }
}
