// Recording what is played: a bar of clicks first, then as many bars as the roll has. The
// server puts it in time, on 16ths or triplets.

import { t } from "./player.js";
import { post } from "./api.js";
import { audio, click, sound } from "./sampler.js";
import { hear, openMidi, useKeys } from "./played.js";

const EARLY = 6, TICKS = 24;  // a note may begin a 16th too soon; a quarter
let running = false;
useKeys(() => running);

// In whole ticks, as the server takes them.
function whole([pitch, start, end, velocity]) {
  const begin = Math.max(0, Math.round(start));
  return [pitch, begin, Math.max(begin + 1, Math.round(end)), velocity];
}

/**
 * Put what was played in time, one voice only: a note ends the one before it.
 * @param {number[][]} played pitch, begin, end in whole ticks, velocity
 * @param {number} end of the roll
 */
export async function inTime(played, end) {
  if (!played.length) return [];
  const { notes } = await post("/api/in_time", { notes: played });
  return oneVoice(notes.filter(([, start]) => start < end)
    .map(([pitch, start, stop, velocity]) => [pitch, start, Math.min(stop, end), velocity]));
}

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
    if (note.start < end && tick > -EARLY) {
      rows.push(whole([pitch, note.start, Math.min(tick, end), note.velocity]));
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
    finish(rows);
  };
  timer = setInterval(() => {
    const tick = tickOf(performance.now());
    const beats = Math.min(Math.ceil(-tick / beat), barTicks / beat);
    if (tick < 0) said(t("Play in {count} …", { count: beats }));
    else {
      said(t("Recording"));
      moved(tick);
    }
    if (tick > end) stop();
  }, 30);
  return { stop, done: new Promise((resolve) => { finish = resolve; }) };
}
