// The knobs of a new melody: what each is at, and what the model is asked for.

import { t } from "./player.js";
import { all, listen } from "./state.js";
import { make } from "./dom.js";
import { say } from "./said.js";
import { pinWhatIsThere } from "./seed.js";
import { go } from "./views.js";

const form = document.getElementById("compose");
const field = (name) => form.elements.namedItem(name);
const KEPT = "monody-knobs";
const PLAIN = ["durations", "density", "form", "style"];  // given as they are, if named
const FEW = ["bars", "temperature", "tonic", "meter", "instrument", "num_files"];

// The boldness of a temperature in a word.
export function boldness(temperature) {
  const words = [[0.65, t("safe")], [0.85, t("careful")], [1.05, t("natural")],
    [1.25, t("bold")]];
  return (words.find(([most]) => temperature <= most) ?? [0, t("wild")])[1];
}

export const barsText = (count) => count === 1 ? t("1 bar") : t("{count} bars", { count });

const SAID = {
  bars: barsText,
  temperature: boldness,
  num_files: (value) => value === 1 ? t("1 melody") : t("{count} melodies", { count: value }),
};

const chosenText = (select) => select.selectedOptions[0]?.textContent.trim() ?? "";

function keyText() {
  const tonic = field("tonic");
  return tonic.value ? `${chosenText(tonic)} ${chosenText(field("mode"))}` : "";
}

// What is asked for, as SampleSettings takes it.
export function settings() {
  const asked = {
    bars: Number(field("bars").value), temperature: Number(field("temperature").value),
    num_files: Number(field("num_files").value), end: field("end").value,
  };
  for (const name of PLAIN) if (field(name).value) asked[name] = field(name).value;
  if (field("tonic").value) asked.key = `${field("tonic").value} ${field("mode").value}`;
  if (field("meter").value) asked.meter = field("meter").value;
  if (field("bpm").value) asked.bpm = Number(field("bpm").value);
  const instrument = field("instrument");
  if (instrument.value) asked.midi_instrument = instrument.value;
  const own = instrument.selectedOptions[0]?.dataset.range;
  const range = field("range").value || own;
  if (range && range !== "free") asked.range = range;
  const seed = field("seed").value.trim();
  if (/^\d+$/.test(seed)) asked.seed = Math.min(Number(seed), 2 ** 32 - 1);
  // A form says how long its sections are; a length that it cannot have is left to it.
  if (asked.form && /\d/.test(asked.form)) delete asked.bars;
  return asked;
}

export const model = () => field("model").value || null;

// Show what each knob is at, and what the folded ones are at.
function show() {
  for (const [name, said] of Object.entries(SAID)) {
    const knob = field(name);
    const words = said(Number(knob.value));
    form.querySelector(`output[for="knob-${name}"]`).textContent = words;
    knob.setAttribute("aria-valuetext", words);
    const share = (knob.value - knob.min) / (knob.max - knob.min);
    knob.style.setProperty("--share", `${100 * share}%`);
  }
  field("mode").hidden = !field("tonic").value;
  const turned = [...form.querySelectorAll(".more select, .more input[type=text]")]
    .filter((knob) => knob.value && !isUsual(knob))
    .map((knob) => knob.matches("select")
      ? chosenText(knob).split(" · ")[0] : `${t("seed")} ${knob.value}`);
  document.getElementById("more-said").textContent = turned.join(" · ");
  document.getElementById("knobs-said").textContent = [
    SAID.bars(Number(field("bars").value)), boldness(Number(field("temperature").value)),
    keyText(), field("meter").value, field("model").value && chosenText(field("model")),
    ...turned].filter(Boolean).join(" · ");
  const moved = turned.length || FEW.some((name) => !isUsual(field(name)));
  document.getElementById("reset").hidden = !moved;
  localStorage.setItem(KEPT, JSON.stringify(
    Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "model"))));
}

function isUsual(knob) {
  if (knob.matches("select")) return knob.selectedIndex <= 0;
  return knob.value === knob.defaultValue;
}

function restore() {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch { /* another version wrote it: the knobs are where they usually are */ }
  for (const [name, value] of Object.entries(kept)) {
    const knob = field(name);
    if (knob) knob.value = value;
    if (knob?.matches("select") && knob.selectedIndex < 0) knob.selectedIndex = 0;
  }
}

function showModels() {
  const select = field("model"), chosen = select.value;
  const models = all("models").filter((each) => !each.problem);
  select.replaceChildren(...models.map((each) =>
    make("option", { value: each.id ?? "" }, each.name)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  select.closest(".knob").hidden = models.length < 2;
  show();
}

// Let a model write from now on.
export function writeWith(id) {
  field("model").value = id ?? "";
  show();
  go("melodies");
  document.getElementById("generate").focus();
  say(t("{name} writes now.", { name: chosenText(field("model")) }));
}

document.getElementById("reset").addEventListener("click", () => {
  form.reset();
  pinWhatIsThere();
  show();
  document.getElementById("generate").focus();
});
form.addEventListener("input", show);
listen("models", showModels);

export function begin() {
  restore();
  pinWhatIsThere();
  // On a phone the knobs are folded, so that the first view shows a melody.
  if (matchMedia("(max-width: 60rem)").matches) {
    document.getElementById("knobs").open = false;
  }
  show();
}
