// My own phrase: what is drawn, typed, dropped or recorded, and what monody makes of it.

import { t } from "./player.js";
import { post } from "./api.js";
import { attempt, say, show as toast } from "./said.js";
import { NEW_BARS } from "./card.js";
import { arrive } from "./compose.js";
import { card, keep } from "./state.js";
import { audio, playNotes, prepare, sound } from "./sampler.js";
import { PhraseRoll } from "./phrase_roll.js";
import { onPhrase } from "./phrase_sources.js";
import { inTime, record } from "./record.js";
import { here, onEnter } from "./views.js";

const element = (name) => document.getElementById(`phrase-${name}`);
const bpm = () => Math.max(30, Math.min(Number(element("bpm").value) || 100, 240));
const KEPT = "monody-phrase";
// A screen reader says a text again when it is put there again.
const tell = (words) => {
  if (element("said").textContent !== words) element("said").textContent = words;
};
let playing = null, recording = null;

const roll = new PhraseRoll(element("canvas"), {
  changed: (rows) => {
    element("hint").hidden = rows.length > 0;
    tell(rows.length === 1 ? t("1 note") : t("{count} notes", { count: rows.length }));
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

const measure = () => roll.measure({ ...meter(), bars: Number(element("bars").value),
  value: Number(element("value").value) });

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

const sayItIsEmpty = () =>
  toast(t("There is no note yet: draw or play one."), { problem: true });

element("play").addEventListener("click", async () => {
  if (playing) return stop();
  const rows = roll.notes.rows();
  if (!rows.length) return sayItIsEmpty();
  await prepare(0, new Set(rows.map(([pitch]) => pitch)));
  playing = playNotes(rows, { bpm: bpm(), at: audio().currentTime + 0.1 });
  element("play").textContent = t("Stop");
  return follow();
});

element("record").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  if (recording) return recording.stop();
  stop();
  button.setAttribute("aria-pressed", "true");
  button.textContent = t("Stop");
  recording = record({ bpm: bpm(), ...meter(), end: roll.notes.end,
    said: tell,
    moved: (tick) => { roll.head = tick; roll.show(); } });
  const played = await recording.done;
  const rows = await attempt(() => inTime(played, roll.notes.end)) ?? [];
  recording = null;
  button.setAttribute("aria-pressed", "false");
  button.textContent = t("Record");
  roll.head = null;
  if (rows.length) roll.take(rows);
  else tell(t("no note was heard"));
  roll.show();
  return undefined;
});
export const undoPhrase = () => roll.notes.undo();
export const redoPhrase = () => roll.notes.redo();
element("undo").addEventListener("click", undoPhrase);
element("redo").addEventListener("click", redoPhrase);
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

let source = null;  // the card that the roll shows, until something is changed here
const stamp = () => JSON.stringify([roll.notes.rows(), element("meter").value, bpm()]);
onPhrase((card) => {
  showCard(card);
  source = { id: card.id, stamp: stamp() };
});

// Keep the phrase as a card, unless it is one already.
async function asCard() {
  if (source?.stamp === stamp()) return source.id;
  const now = stamp(), [kept] = keep("cards", (await post("/api/phrases",
    { notes: roll.notes.rows(), meter: element("meter").value, bpm: bpm() })).cards);
  source = { id: kept.id, stamp: now };
  return kept.id;
}

for (const button of document.querySelectorAll("[data-goes]")) {
  button.addEventListener("click", () => attempt(async () => {
    if (!roll.notes.rows().length) return sayItIsEmpty();
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
  if (roll.notes.all.length) return;
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT)) ?? [];
    if (kept.length) roll.take(kept);
  } catch { /* another version wrote it: the roll is empty */ }
});
addEventListener("hashchange", () => { if (here() !== "phrase") { stop(); recording?.stop(); } });
