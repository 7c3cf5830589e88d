// Recording what is played: a bar of clicks first, then as many bars as the roll has.

import { t } from "./player.js";
import { audio, click, sound } from "./sampler.js";
import { hear, openMidi, useKeys } from "./played.js";

const GRID = 6, TICKS = 24;  // a 16th, a quarter
let running = false;
useKeys(() => running);

// Put a note on 16ths; nothing is shorter than one.
function onGrid([pitch, start, end, velocity]) {
  const begin = Math.max(0, Math.round(start / GRID) * GRID);
  return [pitch, begin, Math.max(begin + GRID, Math.round(end / GRID) * GRID), velocity];
}

// One voice only: a note ends the one before it.
function oneVoice(rows) {
  rows.sort((one, other) => one[1] - other[1]);
  return rows.flatMap((row, place) => {
    const next = rows[place + 1];
    if (next && next[1] === row[1]) return [];
    const [pitch, start, end, velocity] = row;
    return [next ? [pitch, start, Math.min(end, next[1]), velocity] : row];
  });
}

// Record; returns a function that ends it, and a promise of the notes.
export function record({ bpm, barTicks, beat, end, said, moved }) {
  const clock = audio(), perTick = 60 / bpm / TICKS;
  const begin = clock.currentTime + 0.3 + barTicks * perTick;  // of the first bar
  const shift = performance.now() / 1000 - clock.currentTime;
  const tickOf = (time) => (time / 1000 - shift - begin) / perTick;
  const sounding = new Map(), rows = [];
  let finish, timer;
  running = true;
  openMidi(said);

  for (let tick = -barTicks; tick < end; tick += beat) {
    click(begin + tick * perTick, tick % barTicks === 0);
  }
  const close = (pitch, tick) => {
    const note = sounding.get(pitch);
    if (!note) return;
    sounding.delete(pitch);
    note.stop();
    if (note.start < end && tick > -GRID) {
      rows.push(onGrid([pitch, note.start, Math.min(tick, end), note.velocity]));
    }
  };
  const forget = hear(({ pitch, on, velocity, time }) => {
    const tick = tickOf(time);
    if (on) sounding.set(pitch, { start: tick, velocity, stop: sound(pitch, { velocity }) });
    else close(pitch, tick);
  });
  const stop = () => {
    clearInterval(timer);
    for (const pitch of [...sounding.keys()]) close(pitch, tickOf(performance.now()));
    forget();
    running = false;
    finish(oneVoice(rows));
  };
  timer = setInterval(() => {
    const tick = tickOf(performance.now());
    const beats = Math.ceil(-tick / beat);
    if (tick < 0) said(t("Play in {count} …", { count: beats }));
    else {
      said(t("Recording"));
      moved(tick);
    }
    if (tick > end) stop();
  }, 30);
  return { stop, done: new Promise((resolve) => { finish = resolve; }) };
}
