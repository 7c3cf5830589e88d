// My own phrase: what is drawn, typed, dropped or recorded, and what monody makes of it.

import { t } from "./player.js";
import { post } from "./api.js";
import { attempt, say } from "./said.js";
import { NEW_BARS } from "./card.js";
import { arrive } from "./compose.js";
import { card, keep } from "./state.js";
import { audio, playNotes, prepare, sound } from "./sampler.js";
import { PhraseRoll } from "./phrase_roll.js";
import { record } from "./record.js";
import { here, onEnter } from "./views.js";

const element = (name) => document.getElementById(`phrase-${name}`);
const bpm = () => Math.max(30, Math.min(Number(element("bpm").value) || 100, 240));
const KEPT = "monody-phrase";
let playing = null, recording = null;

const roll = new PhraseRoll(element("canvas"), {
  changed: (rows) => {
    element("said").textContent = rows.length === 1
      ? t("1 note") : t("{count} notes", { count: rows.length });
    localStorage.setItem(KEPT, JSON.stringify(rows));
  },
  heard: (pitch) => sound(pitch, { seconds: 0.4 }),
});

// The length of a bar and of its beat, in ticks.
function meter() {
  const [above, below] = element("meter").value.split("/").map(Number);
  const unit = 96 / below, isCompound = below === 8 && above > 3 && above % 3 === 0;
  return { barTicks: above * unit, beat: isCompound ? 3 * unit : unit };
}

function measure() {
  Object.assign(roll, meter(), { bars: Number(element("bars").value),
    value: Number(element("value").value) });
  roll.cursor.tick = Math.min(roll.cursor.tick - roll.cursor.tick % roll.value, roll.end - roll.value);
  roll.show();
}

function stop() {
  playing?.stop();
  playing = null;
  roll.head = null;
  roll.show();
  element("play").textContent = t("Hear it");
}

function follow() {
  if (!playing) return;
  const seconds = audio().currentTime - playing.begin;
  roll.head = Math.max(0, seconds * bpm() / 60 * 24);
  if (audio().currentTime > playing.until) return stop();
  roll.show();
  return requestAnimationFrame(follow);
}

element("play").addEventListener("click", async () => {
  if (playing) return stop();
  const rows = roll.rows();
  if (!rows.length) return say(t("There is no note yet: draw or play one."));
  prepare(0, new Set(rows.map(([pitch]) => pitch)));
  playing = playNotes(rows, { bpm: bpm(), at: audio().currentTime + 0.25 });
  element("play").textContent = t("Stop");
  return follow();
});

element("record").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  if (recording) return recording.stop();
  stop();
  button.setAttribute("aria-pressed", "true");
  button.textContent = t("Stop");
  recording = record({ bpm: bpm(), ...meter(), end: roll.end,
    said: (words) => { element("said").textContent = words; },
    moved: (tick) => { roll.head = tick; roll.show(); } });
  const rows = await recording.done;
  recording = null;
  button.setAttribute("aria-pressed", "false");
  button.textContent = t("Record");
  roll.head = null;
  if (rows.length) roll.take(rows);
  else element("said").textContent = t("no note was heard");
  roll.show();
  return undefined;
});
element("undo").addEventListener("click", () => roll.undo());
element("clear").addEventListener("click", () => roll.take([]));
for (const name of ["bars", "meter", "value"]) element(name).addEventListener("change", measure);

// Show the notes of a card that was typed or dropped, so that they can be changed here.
function showCard(card) {
  const bars = card.bar_lines.length - 1;
  const options = [...element("bars").options].map((one) => Number(one.value));
  element("bars").value = options.find((one) => one >= bars) ?? options.at(-1);
  const [above, below] = card.meter.split("/").map(Number);
  element("meter").value = card.meter;
  element("bpm").value = Math.round(card.bpm);
  measure();
  const begin = Math.floor(card.notes[0][1] / (above * 96 / below)) * (above * 96 / below);
  roll.take(card.notes.map(([pitch, start, end]) => [pitch, start - begin, end - begin]));
}

let source = null;  // the card of what was typed or dropped, until it is changed here
async function take(body, button) {
  await attempt(async () => {
    const [kept] = keep("cards", (await post("/api/phrases", body)).cards);
    showCard(kept);
    source = { id: kept.id, rows: JSON.stringify(roll.rows()) };
    say(t("{name} is on the roll.", { name: kept.name }));
  }, button);
}
element("abc-use").addEventListener("click", (event) =>
  take({ abc: element("abc").value }, event.currentTarget));
function takeFile(file) {
  if (!file) return;
  const form = new FormData();
  form.append("file", file);
  take(form);
}
element("file").addEventListener("change", (event) => {
  takeFile(event.target.files[0]);
  event.target.value = "";
});
const panel = document.getElementById("room-phrase");
panel.addEventListener("dragover", (event) => event.preventDefault());
panel.addEventListener("drop", (event) => {
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});

// Keep the phrase as a card, unless it is one already.
async function asCard() {
  const rows = roll.rows();
  if (source && source.rows === JSON.stringify(rows)) return source.id;
  const [kept] = keep("cards", (await post("/api/phrases",
    { notes: rows, meter: element("meter").value, bpm: bpm() })).cards);
  source = { id: kept.id, rows: JSON.stringify(rows) };
  return kept.id;
}

for (const button of document.querySelectorAll("[data-goes]")) {
  button.addEventListener("click", () => attempt(async () => {
    const id = await asCard(), how = button.dataset.goes;
    stop();
    if (how === "keep") return arrive({ cards: [card(id)] });
    say(t("monody writes …"));
    return arrive(how === "vary"
      ? post(`/api/cards/${id}/vary`, { keep: "rhythm" })
      : post(`/api/cards/${id}/continue`,
        { as: how, settings: how === "continue" ? { bars: NEW_BARS } : {} }));
  }, button));
}

onEnter("phrase", () => {
  measure();
  if (roll.notes.length) return;
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT)) ?? [];
    if (kept.length) roll.take(kept);
  } catch { /* another version wrote it: the roll is empty */ }
});
addEventListener("hashchange", () => { if (here() !== "phrase") { stop(); recording?.stop(); } });
