// Change one thing about a melody: one knob, its notes, its rhythm, some bars, its key.

import { t } from "./player.js";
import { card as known } from "./state.js";
import { button, make } from "./dom.js";
import { barsText, boldness } from "./knobs.js";
import { vary } from "./vary.js";

const STEP = 0.2, BOLDEST = 2;  // from one word of boldness to the next
const MODES = ["major", "minor", "dorian", "mixolydian"];

// What one knob less or more would be.
function turned(item) {
  const { temperature = 1, bars = 16 } = item.settings ?? {};
  const rounded = (value) => Math.round(Math.max(0.1, Math.min(value, BOLDEST)) * 10) / 10;
  return [
    [t("another one"), {}],
    [t("safer"), { temperature: rounded(temperature - STEP) }],
    [t("bolder"), { temperature: rounded(temperature + STEP) }],
    ...(bars > 2 ? [[t("half as long"), { bars: Math.round(bars / 2), form: null }]] : []),
    [t("twice as long"), { bars: Math.min(bars * 2, 128), form: null }],
    [t("fewer notes"), { density: "1..4" }],
    [t("more notes"), { density: "5..12" }],
  ];
}

const group = (title, ...children) => make("fieldset", {},
  make("legend", {}, title), make("div", { class: "row" }, ...children));

// A menu and a button that does what was chosen in it; nothing is chosen at first.
function choiceOf(label, options, words, act) {
  const go = button(words, (event) => act(select.value, event.currentTarget), { disabled: true });
  const select = make("select", { "aria-label": label },
    ...[["", t("choose …")], ...options].map(([value, name]) => make("option", { value }, name)));
  select.addEventListener("change", () => { go.disabled = !select.value; });
  return [select, go];
}

const optionsOf = (name) => [...document.querySelectorAll(`#compose [name=${name}] option`)]
  .filter((one) => one.value).map((one) => [one.value, one.textContent.trim()]);

// What the knobs were at when a melody was written.
function writtenWith({ settings = {}, bar_lines, first_bar }) {
  const { temperature = 1, density, range, end, seed } = settings;
  return [t("now: {boldness}", { boldness: boldness(temperature) }), barsText(bar_lines.length - 2 + first_bar),
    density && t("{count} notes a bar", { count: density.replace("..", "–") }),
    range && t("range {range}", { range: range.replace("..", "–") }),
    end === "tonic" && t("ends on the keynote"),
    seed != null && `${t("seed")} ${seed}`].filter(Boolean).join(" · ");
}

function knobGroup(item, ask) {
  if (item.kind === "phrase" || item.kind === "dropped") return null;
  return group(t("Again, but"), make("p", { class: "soft now" }, writtenWith(item)), ...turned(item).map(([words, changes]) =>
    button(words, (event) => ask({ changes: { ...changes } }, event.currentTarget))));
}

function keyGroup(item, ask) {
  const modeName = (mode) => optionsOf("mode").find(([value]) => value === mode)?.[1] ?? mode;
  const keys = optionsOf("tonic").flatMap(([value, words]) => MODES.map((mode) =>
    [`${value} ${mode}`, `${words} ${modeName(mode)}`]));
  const meters = optionsOf("meter").filter(([meter]) => meter !== item.meter);
  return group(t("Another key or meter"),
    ...choiceOf(t("Another key"), keys.filter(([key]) => key !== item.key), t("Into this key"),
      (key, pressed) => ask({ to_key: key }, pressed)),
    ...choiceOf(t("Another meter"), meters, t("Into this meter"),
      (meter, pressed) => ask({ to_meter: meter }, pressed)));
}

// Open or fold the panel of a card.
export function openChange(article, id, bars) {
  const panel = article.querySelector(".change"), opener = article.querySelector(".open-change");
  const open = panel.hidden;
  panel.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (!open) return;
  const item = known(id), ask = (asked, pressed) => vary(id, asked, pressed);
  const parts = [
    knobGroup(item, ask),
    group(t("Keep a part"),
      button(t("Other notes, same rhythm"), (event) => ask({ keep: "rhythm" }, event.currentTarget)),
      button(t("Same notes, other rhythm"), (event) => ask({ keep: "pitches" }, event.currentTarget))),
    bars?.make(),
    keyGroup(item, ask),
  ];
  panel.replaceChildren(...parts.filter(Boolean));
  panel.setAttribute("aria-label", t("Change one thing about {name}", { name: item.name }));
  panel.setAttribute("role", "group");
  panel.querySelector("button").focus({ preventScroll: true });
  panel.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    opener.click();
    opener.focus();
  };
}
