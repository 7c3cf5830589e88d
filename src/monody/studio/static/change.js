// Change one thing about a melody: one knob, its notes, its rhythm, some bars, its key.

import { t } from "./player.js";
import { post } from "./api.js";
import { card as known } from "./state.js";
import { button, make } from "./dom.js";
import { attempt, say } from "./said.js";
import { arrive } from "./compose.js";

const STEP = 0.3, BOLDEST = 2;

// Ask for a variation and show it.
export async function vary(id, asked, pressed) {
  await attempt(async () => {
    say(t("monody writes …"));
    await arrive(post(`/api/cards/${id}/vary`, asked));
  }, pressed);
}

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

function choice(label, options, chosen) {
  return make("select", { "aria-label": label }, ...options.map(([value, words]) =>
    make("option", { value, selected: value === chosen }, words)));
}

const optionsOf = (name) => [...document.querySelectorAll(`#compose [name=${name}] option`)]
  .filter((one) => one.value).map((one) => [one.value, one.textContent.trim()]);

function knobGroup(item, ask) {
  if (item.kind === "phrase" || item.kind === "dropped") return null;
  return group(t("Again, but"), ...turned(item).map(([words, changes]) =>
    button(words, (event) => ask({ changes: { ...changes } }, event.currentTarget))));
}

function keyGroup(item, ask) {
  const key = choice(t("Another key"), optionsOf("tonic").flatMap(([value, words]) =>
    ["major", "minor", "dorian", "mixolydian"].map((mode) => {
      const said = optionsOf("mode").find(([one]) => one === mode)?.[1] ?? mode;
      return [`${value} ${mode}`, `${words} ${said}`];
    })), item.key);
  const meter = choice(t("Another meter"), optionsOf("meter"), item.meter);
  return group(t("Another key or meter"), key,
    button(t("Into this key"), (event) => ask({ to_key: key.value }, event.currentTarget)), meter,
    button(t("Into this meter"), (event) => ask({ to_meter: meter.value }, event.currentTarget)));
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
    bars?.group(ask),
    keyGroup(item, ask),
  ];
  panel.replaceChildren(...parts.filter(Boolean));
  panel.setAttribute("aria-label", t("Change one thing about {name}", { name: item.name }));
  panel.setAttribute("role", "group");
  panel.querySelector("button").focus({ preventScroll: true });
}
