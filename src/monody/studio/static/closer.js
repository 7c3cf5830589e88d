// Look closer: what a melody shares with one that was learnt, and how each note surprises.

import { t } from "./player.js";
import { get } from "./api.js";
import { card as known } from "./state.js";
import { draw, make, pitchName } from "./dom.js";
import { figure } from "./numbers.js";
import { attempt } from "./said.js";

const MOST_BITS = 8;  // that are shown apart; more is as dark
const FIRST = 2;  // shared runs that are shown without being asked
const AROUND = 96;  // ticks before and after a shared run
const WIDTH = 560, HEIGHT = 90, EDGE = 8;

// Shade the notes of the roll by their surprise, in bits.
function shade(article, bits) {
  const starts = [...new Set([...article.querySelectorAll(".roll-note")]
    .map((note) => Number(note.dataset.start)))].sort((one, other) => one - other);
  const bitsAt = new Map(starts.map((start, place) => [start, bits[place]]));
  for (const note of article.querySelectorAll(".roll-note")) {
    const value = bitsAt.get(Number(note.dataset.start));
    if (value == null) continue;
    note.style.fillOpacity = 0.25 + 0.75 * Math.min(value / MOST_BITS, 1);
    note.querySelector("title")?.append(` · ${t("{bits} bits", { bits: figure(value, 1) })}`);
  }
}

function mark(article, runs) {
  for (const note of article.querySelectorAll(".roll-note")) {
    const start = Number(note.dataset.start);
    const shared = runs.some((run) => run.first_tick <= start && start < run.last_tick);
    note.classList.toggle("roll-shared", shared);
  }
}

// A small roll of notes, [pitch, start, end] each; those of a stretch are marked.
export function miniature(notes, label, [first, last] = [-Infinity, Infinity]) {
  const low = Math.min(...notes.map(([pitch]) => pitch)) - 1;
  const high = Math.max(...notes.map(([pitch]) => pitch)) + 1;
  const begin = notes[0][1], end = Math.max(...notes.map((note) => note[2]));
  const x = (tick) => EDGE + (tick - begin) / (end - begin) * (WIDTH - 2 * EDGE);
  const step = (HEIGHT - 2 * EDGE) / (high - low + 1);
  return draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "miniature", role: "img",
    "aria-label": label }, ...notes.map(([pitch, start, until]) => draw("rect", {
    class: first <= start && start < last ? "marked" : "around", x: x(start), y: EDGE + (high - pitch) * step, rx: 2,
    width: Math.max(x(until) - x(start) - 1, 1.5), height: Math.max(step, 3) })));
}

const aroundOf = (notes, [first, last]) => notes.filter(([, start]) =>
  first - AROUND <= start && start < last + AROUND);

// A shared run, here and in the tune that it comes from, with what is around it.
function runParts(run, item) {
  const here = [run.first_tick, run.last_tick];
  const there = [run.source_first_tick, run.source_last_tick];
  const pair = [[t("here"), item.notes, here], [run.source, run.notes, there]];
  return make("div", { class: "pair" }, ...pair.map(([title, notes, stretch]) => {
    const marked = notes.filter(([, start]) => stretch[0] <= start && start < stretch[1]);
    const names = marked.map(([pitch]) => pitchName(pitch)).join(" ");
    return make("figure", {}, make("figcaption", {}, title),
      marked.length ? miniature(aroundOf(notes, stretch), names, stretch) : null);
  }));
}

// What the label of a card means.
const meanings = () => ({
  new: t("No copy: it shares only short stretches with the melodies that were learnt."),
  "near-copy": t("Nearly a copy: a long stretch of it is in a melody that was learnt."),
  copy: t("A copy: most of it is in a melody that was learnt."),
});

function panelOf(found, item) {
  const mean = found.bits.reduce((sum, value) => sum + value, 0) / (found.bits.length || 1);
  const [runs, more] = [found.runs.slice(0, FIRST), found.runs.slice(FIRST)];
  return [
    meanings()[found.label] ? make("p", {}, meanings()[found.label]) : null,
    found.said ? make("p", { class: "soft" }, found.said) : null,
    runs.length ? make("p", { class: "soft" }, t("In the roll below, the shared notes have a frame.")) : null,
    ...runs.map((run) => runParts(run, item)),
    more.length ? make("details", {}, make("summary", {}, t("{count} more", { count: more.length })),
      ...more.map((run) => runParts(run, item))) : null,
    found.bits.length ? make("p", { class: "soft" }, t(
      "The stronger the colour of a note in the roll below, the more it surprises: {bits} bits a note on average, where 0 is no surprise.",
      { bits: figure(mean, 1) })) : null,
  ].filter(Boolean);
}

function close(article) {
  for (const note of article.querySelectorAll(".roll-note")) {
    note.style.fillOpacity = "";
    note.classList.remove("roll-shared");
  }
  article.querySelector(".closer").hidden = true;
}

// Look closer at a card, or no longer.
export async function lookCloser(article, id) {
  const opener = article.querySelector(".look"), panel = article.querySelector(".closer");
  const open = panel.hidden;
  opener.setAttribute("aria-pressed", String(open));
  if (!open) return close(article);
  return attempt(async () => {
    const found = await get(`/api/cards/${id}/closer`);
    shade(article, found.bits);
    mark(article, found.runs);
    panel.replaceChildren(...panelOf(found, known(id)));
    panel.hidden = false;
  }, opener);
}
