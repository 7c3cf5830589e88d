// What can be done with one card: name, heart, deletion, instrument, and more.

import { t } from "./player.js";
import { patch, post } from "./api.js";
import { card as known, find, keep } from "./state.js";
import { button, isPhone, keyName, make } from "./dom.js";
import { remember, undoable } from "./deeds.js";
import { attempt, say } from "./said.js";
import { openChange } from "./change.js";
import { barsOf } from "./bars.js";
import { lookCloser } from "./closer.js";
import { compareWith } from "./compare.js";
import { arrive } from "./compose.js";
import { barsText } from "./knobs.js";
import { makeDraggable, nameFiles } from "./files.js";
import { rename } from "./card_name.js";
import { fillVoices, showVoice, voiceOf } from "./card_voice.js";

export const NEW_BARS = 8;  // that a continuation adds
// The keys of the page that are for a part of a card.
const KEYS = { ".play": "Space", ".loop": "L", ".open-change": "V", ".continue": "C",
  ".heart": "H", ".delete": "Delete", ".files a": "D" };

async function change(id, values) {
  keep("cards", [await patch(`/api/cards/${id}`, values)]);
}

/**
 * Change a card, with a way back.
 * @param {string} id
 * @param {string} what is changed, in words
 * @param {object} values as they shall be
 * @param {object} before as they are
 */
async function changeFrom(id, what, values, before) {
  await change(id, values);
  remember({ what, undo: () => change(id, before), redo: () => change(id, values) });
}

export function toggleHeart(id) {
  const { name, heart } = known(id);
  return attempt(() => changeFrom(id, t("Heart for {name}", { name }), { heart: !heart }, { heart }));
}

function voice(id, chosen) {
  const { name, program } = known(id);
  return attempt(() => changeFrom(id, t("Instrument of {name}", { name }),
    { midi_instrument: chosen }, { midi_instrument: voiceOf(program) }));
}

function factsOf(item) {
  const writer = item.model && find("models", item.model)?.name;
  return [keyName(item.key ?? ""), item.meter,
    barsText(item.bar_lines.length - 2 + item.first_bar),
    `${Math.round(item.bpm)} bpm`, item.form && `${t("form")} ${item.form}`,
    writer && t("written by {name}", { name: writer })].filter(Boolean);
}

// Show what changed about a card.
export function refresh(article, item) {
  const heading = article.querySelector(".head h2");  // none while it is a field
  if (heading && heading.textContent !== item.name) heading.textContent = item.name;
  article.querySelector(".heart").setAttribute("aria-pressed", String(item.heart));
  nameFiles(article, item.name);
  showVoice(article.querySelector(".instrument"), item.program);
}

// What is known of a melody, and its files, in one line above the player. On a phone the
// files stay at the end, so that the first view shows the staff.
function tellFacts(article, item) {
  const files = article.querySelector(".files");
  files.prepend(make("li", { class: "soft" }, t("Save as")));
  const about = make("div", { class: "about" },
    make("p", { class: "facts" }, factsOf(item).join(" · ")));
  article.querySelector("dl").replaceWith(about);
  if (!isPhone()) about.append(files);
}

// How new a melody is, in a word; a click tells why.
function tellNovelty(article) {
  const label = article.querySelector(".head > .label");
  if (!label) return;
  const words = label.classList.contains("new") ? t("no copy") : label.textContent;
  label.replaceWith(button(words, () => article.querySelector(".look").click(), {
    class: `link ${label.className}`,
    title: t("What it shares with the melodies that were learnt") }));
}

// Make all parts of a card work.
export function dress(article, id, player) {
  const on = (name, kind, act) => article.querySelector(name).addEventListener(kind, act);
  tellFacts(article, known(id));
  tellNovelty(article);
  for (const kind of ["pointerdown", "focus"]) {
    on(".instrument", kind, (event) => fillVoices(event.currentTarget));
  }
  refresh(article, known(id));
  const named = (name, before) => attempt(() =>
    changeFrom(id, t("Name of {name}", { name }), { name }, { name: before }));
  on(".rename", "click", () => rename(article, id, named));
  on(".head h2", "dblclick", () => rename(article, id, named));
  on(".heart", "click", () => toggleHeart(id));
  on(".delete", "click", () => drop(id));
  on(".instrument", "change", (event) => voice(id, event.target.value));
  on(".continue", "click", (event) => goOn(id, "continue", event.currentTarget));
  on(".answer", "click", (event) => goOn(id, "answer", event.currentTarget));
  on(".look", "click", () => lookCloser(article, id));
  on(".compare", "click", () => compareWith(id));
  const bars = player && barsOf(article, id, player);
  on(".open-change", "click", () => openChange(article, id, bars));
  makeDraggable(article);
  for (const [name, key] of Object.entries(KEYS)) {
    article.querySelector(name)?.setAttribute("aria-keyshortcuts", key);
  }
}

// Delete a card, with a way back.
export async function drop(id) {
  const { name } = known(id);
  await attempt(async () => {
    await change(id, { deleted: true });
    undoable(t("{name} was deleted. It can be brought back at the end of this list.", { name }),
      { what: t("Delete {name}", { name }), undo: () => change(id, { deleted: false }),
        redo: () => change(id, { deleted: true }) });
  });
}

export async function goOn(id, how, button) {
  await attempt(async () => {
    say(t("monody writes …"));
    await arrive(post(`/api/cards/${id}/continue`,
      { as: how, settings: how === "continue" ? { bars: NEW_BARS } : {} }));
  }, button);
}
