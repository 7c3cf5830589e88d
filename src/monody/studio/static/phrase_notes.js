// The notes of a phrase: one voice, on a grid, with a way back. All times are ticks.

/** @typedef {{pitch: number, start: number, end: number, velocity?: number}} Note */
/** @typedef {number[]} Row pitch, start and end, and how hard it was played if it was */

export class PhraseNotes {
  // A function that is told of each change.
  constructor(changed) {
    Object.assign(this, { changed, past: [], future: [], value: 12, bars: 2, barTicks: 96, beat: 24 });
    /** @type {Note[]} */
    this.all = [];
  }

  get end() { return this.bars * this.barTicks; }

  at(pitch, tick) {
    return this.all.find((note) =>
      note.pitch === pitch && note.start <= tick && tick < note.end);
  }

  // Keep the notes as they are, so that undo() brings them back.
  remember() {
    this.past.push(this.copy());
    this.future = [];
  }

  copy() { return this.all.map((note) => ({ ...note })); }

  undo() { return this.turn(this.past, this.future); }
  redo() { return this.turn(this.future, this.past); }

  // Go one change back or on; tells whether there was one.
  turn(from, to) {
    const other = from.pop();
    if (!other) return false;
    to.push(this.copy());
    this.use(other);
    return true;
  }

  // Put the notes back as they were before a change that came to nothing.
  forget() { this.use(this.past.pop()); }

  use(notes) {
    this.all = notes;
    this.changed();
  }

  /** @returns {Row[]} as the server takes them */
  rows() {
    return this.all.filter((note) => note.start < this.end)
      .map(({ pitch, start, end, velocity }) =>
        [pitch, start, Math.min(end, this.end), ...(velocity ? [velocity] : [])]);
  }

  /** @param {Row[]} rows notes from elsewhere, in place of these */
  take(rows) {
    this.remember();
    this.use(rows.map(([pitch, start, end, velocity]) => ({ pitch, start, end, velocity })));
  }

  // A new note of the chosen value, where the grid has a place for it.
  set(pitch, tick) {
    const start = Math.floor(tick / this.value) * this.value;
    const note = { pitch, start, end: Math.min(start + this.value, this.end) };
    this.all.push(note);
    return note;
  }

  remove(note) { this.all = this.all.filter((other) => other !== note); }

  // One voice only: a note ends what sounds before it, and replaces what begins in it.
  settle(note) {
    this.all = this.all.filter((other) => other === note ||
      !(note.start <= other.start && other.start < note.end));
    for (const other of this.all) {
      if (other.start < note.start && other.end > note.start) other.end = note.start;
    }
    this.all.sort((one, other) => one.start - other.start);
  }

  lengthen(note, ticks) {
    this.remember();
    note.end = Math.min(Math.max(note.start + this.value, note.end + ticks), this.end);
    this.settle(note);
    this.changed();
  }
}
