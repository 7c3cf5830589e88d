// Play with it live: a phrase, a pause, and monody answers at the next bar line.

import { t } from "./player.js";
import { post } from "./api.js";
import { button, keyName, make } from "./dom.js";
import { attempt, say } from "./said.js";
import { audio, click, playNotes, prepare, prepareGently, sound } from "./sampler.js";
import { hear, openMidi, useKeys } from "./played.js";
import { fillKeyboard } from "./piano_keys.js";
import { miniature } from "./closer.js";
import { arrive } from "./compose.js";
import { model } from "./knobs.js";
import { here, onEnter } from "./views.js";

const element = (name) => document.getElementById(`duet-${name}`);
const TICKS = 24, BAR = 96;  // a quarter; a bar of 4/4
const PAUSE = 1.6;  // beats of silence after which a phrase is over
const AHEAD = 0.4;  // seconds that clicks are set ahead
const SHOWN = 6;  // turns
const MIDDLE = 67;
// Pitches that are fetched before they are played, those in the middle first.
const LIKELY = Array.from({ length: 25 }, (_, step) => 55 + step)
  .sort((one, other) => Math.abs(one - MIDDLE) - Math.abs(other - MIDDLE));

let on = false, zero = 0, clicked = 0, timer;
let notes = [], sounding = new Map(), lastEnd = 0, answering = null, asking = false;

const bpm = () => Math.max(40, Math.min(Number(element("bpm").value) || 96, 200));
const perTick = () => 60 / bpm() / TICKS;
const voice = () => Math.max(0, element("voice").selectedIndex && Number(
  element("voice").selectedOptions[0].dataset.program ?? 0));
const tell = (words) => { element("said").textContent = words; };
// The time of the clock of sound at a time of performance.now().
const soundTime = (time) => audio().currentTime - (performance.now() - time) / 1000;
const tickAt = (seconds) => (seconds - zero) / perTick();

function heard({ pitch, on: pressed, velocity, time }) {
  if (here() !== "live") return;
  const now = soundTime(time);
  if (pressed) {
    answering?.stop();  // whoever plays has the word
    answering = null;
    sounding.set(pitch, { tick: tickAt(now), velocity, stop: sound(pitch, { velocity, program: voice() }) });
    return;
  }
  const note = sounding.get(pitch);
  if (!note) return;
  sounding.delete(pitch);
  note.stop();
  if (!on) return;
  notes.push([pitch, note.tick, Math.max(note.tick + 2, tickAt(now)), note.velocity]);
  lastEnd = now;
}

// The clicks of the next moments, and the end of a phrase.
function tick() {
  const now = audio().currentTime, beat = 60 / bpm();
  while (zero + clicked * beat < now + AHEAD) {
    const at = zero + clicked * beat;
    if (element("click").checked && at >= now) click(at, clicked % 4 === 0);
    clicked += 1;
  }
  const isOver = notes.length && !sounding.size && now - lastEnd > PAUSE * beat;
  if (isOver && !asking && !answering) reply();
  if (answering && now > answering.until) {
    answering = null;
    tell(t("Your turn."));
  }
}

async function reply() {
  asking = true;
  const first = Math.floor(Math.min(...notes.map((note) => note[1])) / BAR) * BAR;
  const phrase = notes.map(([pitch, start, end, velocity]) =>
    [pitch, Math.max(0, Math.round(start - first)), Math.round(end - first), velocity]);
  notes = [];
  tell(t("monody thinks …"));
  const told = await attempt(() =>
    post("/api/answer", { notes: phrase, meter: "4/4", bpm: bpm(), model: model() }));
  if (told) await prepare(voice(), new Set(told.notes.map(([pitch]) => pitch)));
  asking = false;
  if (!told || !on) return tell(t("Your turn."));
  if (notes.length || sounding.size) return undefined;  // played on meanwhile: it waits
  // In time: at the next bar line that can still be reached.
  const soon = tickAt(audio().currentTime + 0.15);
  const at = zero + Math.ceil(soon / BAR) * BAR * perTick();
  answering = playNotes(told.notes, { bpm: bpm(), at, program: voice() });
  tell(t("monody answers in {key}.", { key: keyName(told.key) }));
  show(phrase, told);
  return undefined;
}

function show(phrase, told) {
  const bars = Math.ceil(Math.max(...phrase.map((note) => note[2])) / BAR);
  const both = [...phrase, ...told.notes.map(([pitch, start, end, velocity]) =>
    [pitch, start + bars * BAR, end + bars * BAR, velocity])];
  const turn = make("figure", { class: "turn" },
    miniature(both, t("your phrase and the answer"), [bars * BAR, Infinity]),
    button(t("Keep it as a melody"), (event) => attempt(async () => arrive(
      post("/api/phrases", { notes: both, played: true, meter: "4/4", bpm: bpm() })),
    event.currentTarget)));
  element("turns").prepend(turn);
  while (element("turns").children.length > SHOWN) element("turns").lastElementChild.remove();
}

function begin() {
  on = true;
  zero = audio().currentTime + 0.2;
  clicked = 0;
  notes = [];
  timer = setInterval(tick, 50);
  prepareGently(voice(), LIKELY);
  tell(t("Play a phrase, then pause."));
  openMidi((words) => { document.getElementById("midi-said").textContent = words; });
}

function end() {
  on = false;
  clearInterval(timer);
  answering?.stop();
  answering = null;
  tell(t("Press Begin, and play."));
}

element("start").addEventListener("click", (event) => {
  (on ? end : begin)();
  event.currentTarget.setAttribute("aria-pressed", String(on));
  event.currentTarget.textContent = on ? t("Stop") : t("Begin");
  say(element("said").textContent);
});
element("voice").addEventListener("change", () => { if (on) prepareGently(voice(), LIKELY); });
const keyboard = fillKeyboard(document.getElementById("keyboard"));
hear(heard);
useKeys(() => here() === "live");
onEnter("live", () => {
  keyboard.showMiddle();
  const options = [...element("voice").querySelectorAll("optgroup:last-child option")];
  const programs = options.map((one) => one.value);
  for (const option of element("voice").options) {
    option.dataset.program = Math.max(0, programs.indexOf(option.value));
  }
});
addEventListener("hashchange", () => { if (here() !== "live" && on) element("start").click(); });
