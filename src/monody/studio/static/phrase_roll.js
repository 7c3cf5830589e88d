// A roll to draw a melody on, by mouse, touch and keyboard. All times are ticks.

import { t } from "./player.js";
import { draw, pitchName } from "./dom.js";
import { PhraseNotes } from "./phrase_notes.js";
import { drawPhrase, Places, ROWS } from "./phrase_picture.js";
import { say } from "./said.js";

const HOLD = 9;  // px before the end of a note by which it is made longer
const STILL = 6;  // px; less is a click, which removes a note

export class PhraseRoll {
  // An element, and functions that are told when notes change and when one is set.
  constructor(place, { changed, heard }) {
    this.notes = new PhraseNotes(() => {
      this.show();
      changed(this.notes.rows());
    });
    Object.assign(this, { heard, low: 60, cursor: { pitch: 72, tick: 0 }, head: null });
    this.box = draw("svg", { class: "drawn", tabindex: 0, role: "application", "data-keys": "own",
      "aria-label": t("Roll to draw on. Arrows move, Enter sets or removes a note, plus and minus change its length, Page Up and Page Down change the octave.") });
    place.append(this.box);
    this.listen();
    new ResizeObserver(() => this.show()).observe(place);
  }

  get places() { return new Places(this.box, { low: this.low, end: this.notes.end }); }

  show() {
    if (this.box.clientWidth) drawPhrase(this.places, this.notes, this.cursor, this.head);
  }

  // Choose bars, the ticks of a bar and of its beat, and the value of new notes.
  measure({ bars, barTicks, beat, value }) {
    Object.assign(this.notes, { bars, barTicks, beat, value });
    const { tick } = this.cursor;
    this.cursor.tick = Math.min(tick - tick % value, this.notes.end - value);
    this.show();
  }

  // Show notes from elsewhere, in the middle.
  take(rows) {
    const pitches = rows.map(([pitch]) => pitch);
    if (rows.length) {
      const middle = (Math.min(...pitches) + Math.max(...pitches)) / 2;
      this.low = Math.max(0, Math.round((middle - ROWS / 2) / 12) * 12);
    }
    this.notes.take(rows);
  }

  listen() {
    let held = null;  // a note that a pointer holds: {note, offset, isNew, moved, at, grip}
    this.box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.box.focus({ preventScroll: true });
      this.box.setPointerCapture(event.pointerId);
      held = this.grasp(event);
    });
    this.box.addEventListener("pointermove", (event) => { if (held) this.drag(held, event); });
    this.box.addEventListener("pointerup", () => {
      if (held) this.release(held);
      held = null;
    });
    this.box.addEventListener("pointercancel", () => {
      if (held) this.notes.forget();
      held = null;
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
  }

  grasp(event) {
    const at = this.places.under(event), { notes } = this;
    notes.remember();
    const found = notes.at(at.pitch, at.tick), note = found ?? this.set(at.pitch, at.tick);
    const nearEnd = (note.end - at.tick) * this.places.step < HOLD;
    this.cursor = { pitch: at.pitch, tick: note.start };
    this.show();
    return { note, offset: at.tick - note.start, isNew: !found, moved: false, at,
      grip: !found || nearEnd ? "end" : "all" };
  }

  drag(held, event) {
    const at = this.places.under(event), { note } = held, { value, end } = this.notes;
    const far = Math.abs(at.tick - held.at.tick) * this.places.step;
    if (far < STILL && at.pitch === held.at.pitch && !held.moved) return;
    held.moved = true;
    if (held.grip === "end") {
      note.end = Math.min(end, Math.max(note.start + value, Math.ceil(at.tick / value) * value));
    } else {
      const length = note.end - note.start;
      const start = Math.round((at.tick - held.offset) / value) * value;
      note.start = Math.max(0, Math.min(start, end - length));
      note.end = note.start + length;
    }
    if (note.pitch !== at.pitch) this.heard(note.pitch = at.pitch);
    this.show();
  }

  release({ note, isNew, moved }) {
    if (!isNew && !moved) this.notes.remove(note);
    else this.notes.settle(note);
    this.notes.changed();
  }

  set(pitch, tick) {
    this.heard(pitch);
    return this.notes.set(pitch, tick);
  }

  toggle(found) {
    const { notes, cursor } = this;
    notes.remember();
    if (found) notes.remove(found);
    else notes.settle(this.set(cursor.pitch, cursor.tick));
    notes.changed();
  }

  move(pitch, ticks) {
    const { cursor, notes } = this;
    cursor.pitch = Math.max(0, Math.min(cursor.pitch + pitch, 127));
    cursor.tick = Math.max(0, Math.min(cursor.tick + ticks, notes.end - notes.value));
    while (cursor.pitch < this.low) this.low -= 12;
    while (cursor.pitch > this.low + ROWS - 1) this.low += 12;
    this.show();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { notes, cursor } = this, { value } = notes, found = notes.at(cursor.pitch, cursor.tick);
    const remove = () => found && this.toggle(found);
    const act = {
      ArrowLeft: () => this.move(0, -value), ArrowRight: () => this.move(0, value),
      ArrowUp: () => this.move(1, 0), ArrowDown: () => this.move(-1, 0),
      PageUp: () => this.move(12, 0), PageDown: () => this.move(-12, 0),
      "+": () => found && notes.lengthen(found, value),
      "-": () => found && notes.lengthen(found, -value),
      Enter: () => this.toggle(found), " ": () => this.toggle(found),
      Delete: remove, Backspace: remove,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    this.sayWhere();
  }

  // Where the cursor is, for a screen reader.
  sayWhere() {
    const { notes, cursor: { pitch, tick } } = this;
    const bar = Math.floor(tick / notes.barTicks) + 1;
    const beat = Math.floor(tick % notes.barTicks / notes.beat) + 1;
    say(t("{pitch}, bar {bar}, beat {beat}", { pitch: pitchName(pitch), bar, beat }) +
      (notes.at(pitch, tick) ? `, ${t("a note")}` : ""));
  }
}
