// What can be done with one card: name, heart, deletion, instrument, files, and more.

import { t } from "./player.js";
import { patch, post } from "./api.js";
import { card as known, keep } from "./state.js";
import { keyName, make } from "./dom.js";
import { attempt, say, undoable } from "./said.js";
import { openChange } from "./change.js";
import { barsOf } from "./bars.js";
import { lookCloser } from "./closer.js";
import { compareWith } from "./compare.js";
import { arrive } from "./compose.js";

export const NEW_BARS = 8;  // that a continuation adds

export async function change(id, values) {
  keep("cards", [await patch(`/api/cards/${id}`, values)]);
}

function factsOf(item) {
  const bars = item.bar_lines.length - 2 + item.first_bar;
  return [keyName(item.key ?? ""), item.meter,
    bars === 1 ? t("1 bar") : t("{count} bars", { count: bars }),
    `${Math.round(item.bpm)} bpm`, item.form && `${t("form")} ${item.form}`].filter(Boolean);
}

// Show what changed about a card.
export function refresh(article, item) {
  const heading = article.querySelector(".head h2");  // none while it is a field
  if (heading && heading.textContent !== item.name) heading.textContent = item.name;
  article.querySelector(".heart").setAttribute("aria-pressed", String(item.heart));
  for (const link of article.querySelectorAll(".files a")) {
    const ending = link.href.slice(link.href.lastIndexOf("."));
    link.download = `${item.name.replace(/[\\/:*?"<>|]+/g, "-")}${ending}`;
  }
  showVoice(article.querySelector(".instrument"), item.program);
}

// Make all parts of a card work.
export function dress(article, id, player) {
  const item = known(id), on = (name, kind, act) =>
    article.querySelector(name).addEventListener(kind, act);
  const list = article.querySelector("dl");
  list.replaceWith(make("p", { class: "facts" }, factsOf(item).join(" · ")));
  for (const kind of ["pointerdown", "focus"]) {
    on(".instrument", kind, (event) => fillVoices(event.currentTarget));
  }
  refresh(article, item);
  on(".rename", "click", () => rename(article, id));
  on(".head h2", "dblclick", () => rename(article, id));
  on(".heart", "click", () => attempt(() => change(id, { heart: !known(id).heart })));
  on(".delete", "click", () => drop(id));
  on(".instrument", "change", (event) => attempt(() =>
    change(id, { midi_instrument: event.target.value })));
  on(".continue", "click", (event) => goOn(id, "continue", event.currentTarget));
  on(".answer", "click", (event) => goOn(id, "answer", event.currentTarget));
  on(".look", "click", () => lookCloser(article, id));
  on(".compare", "click", () => compareWith(id));
  const bars = player && barsOf(article, id, player);
  on(".open-change", "click", () => openChange(article, id, bars));
  for (const link of article.querySelectorAll(".files a")) draggable(link);
}

// Another program takes the file itself from a browser that knows "DownloadURL".
function draggable(link) {
  link.removeAttribute("target");
  link.draggable = true;
  link.addEventListener("dragstart", (event) => {
    const kind = { ".mid": "audio/midi", ".wav": "audio/wav" }[
      link.href.slice(link.href.lastIndexOf("."))] ?? "text/plain";
    event.dataTransfer.setData("DownloadURL", `${kind}:${link.download}:${link.href}`);
    event.dataTransfer.effectAllowed = "copy";
  });
}

// The instruments are many: a menu shows its own only, until it is wanted.
function fillVoices(select) {
  if (select.options.length > 1) return;
  const { value } = select;
  const groups = [...document.querySelectorAll("#knob-instrument optgroup")];
  select.replaceChildren(...groups.map((group) => group.cloneNode(true)));
  select.value = value;
}

function showVoice(select, program) {
  const names = [...document.querySelectorAll("#knob-instrument optgroup:last-child option")];
  const { value, textContent } = names[program];
  if (select.options.length < 2) select.replaceChildren(make("option", { value }, textContent));
  select.value = value;
}

// The heading becomes a field: Enter keeps the name, Escape leaves it.
export function rename(article, id) {
  const heading = article.querySelector(".head h2");
  if (!heading) return;
  const field = make("input", { type: "text", class: "name", maxlength: 200,
    "aria-label": t("Name"), value: known(id).name });
  let open = true;
  const close = (keepIt) => {
    if (!open) return;
    open = false;
    const name = field.value.trim(), before = known(id).name;
    heading.textContent = known(id).name;
    field.replaceWith(heading);
    article.querySelector(".rename").focus({ preventScroll: true });
    if (keepIt && name && name !== before) attempt(() => change(id, { name }));
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();  // or the button that gets the focus is pressed, too
    close(event.key === "Enter");
  });
  field.addEventListener("blur", () => close(true));
  heading.replaceWith(field);
  field.focus();
  field.select();
}

// Delete a card, with a way back.
export async function drop(id) {
  const { name } = known(id);
  await attempt(async () => {
    await change(id, { deleted: true });
    undoable(t("{name} was deleted.", { name }), t("Undo"), () => change(id, { deleted: false }));
  });
}

export async function goOn(id, how, button) {
  await attempt(async () => {
    say(t("monody writes …"));
    await arrive(post(`/api/cards/${id}/continue`,
      { as: how, settings: how === "continue" ? { bars: NEW_BARS } : {} }));
  }, button);
}
