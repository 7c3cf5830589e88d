// Models side by side: what each learnt from, and how well it foresees melodies.

import { t } from "./player.js";
import { get } from "./api.js";
import { all, listen } from "./state.js";
import { button, make } from "./dom.js";
import { writeWith } from "./knobs.js";
import { counted, figure } from "./numbers.js";
import { attempt } from "./said.js";
import { drop } from "./trainings.js";

const place = document.getElementById("model-list");
const scorecard = make("section", { "aria-live": "polite" });
place.after(scorecard);

const bits = (value) => value == null ? "–" : figure(value, 2);

// How good a model is on melodies that it has not seen, beside simpler ones.
async function judge(item, press) {
  const card = await attempt(() => get(`/api/models/${item.id ?? "base"}/scorecard`), press);
  if (!card) return;
  const cell = (name, words, look = {}) => make(name, look, words);
  const table = make("table", {}, make("thead", {}, make("tr", {}, make("td", {}),
    ...card.titles.map((title) => cell("th", title, { scope: "col" })))),
  make("tbody", {}, ...card.rows.map(({ model, figures }) => make("tr", {},
    cell("th", model, { scope: "row" }), ...figures.map((words) => cell("td", words))))));
  scorecard.replaceChildren(make("h3", {}, t("Scorecard of {name}", { name: item.name })),
    make("p", {}, card.meaning), make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": t("Scorecard of {name}", { name: item.name }) }, table),
    ...card.about.map((line) => make("p", { class: "soft" }, line)));
}

// What can be done with a model; the one that comes with monody stays.
function deedsOf(item) {
  const deeds = item.problem ? [] : [button(t("Compose with it"), () => writeWith(item.id)),
    button(t("Scorecard"), (event) => judge(item, event.currentTarget), { class: "quiet" })];
  if (item.id) {
    deeds.push(button(t("Delete"), () => drop(item.id),
      { class: "quiet", "aria-label": t("Delete {name}", { name: item.name }) }));
  }
  return make("span", { class: "row" }, ...deeds);
}

function row(item) {
  const counts = item.melodies ?? {};
  return make("tr", {}, make("th", { scope: "row" }, item.name),
    make("td", {}, counts.train == null ? "–" : counted(counts.train)),
    make("td", {}, item.epochs ? String(item.epochs) : "–"),
    make("td", {}, bits(item.bits_per_note)), make("td", {}, bits(item.test_bits_per_note)),
    make("td", item.problem ? { class: "problem" } : {}, item.problem, deedsOf(item)));
}

function show() {
  const titles = [t("model"), t("melodies learnt"), t("passes"), t("bits a note, held out"),
    t("bits a note, test"), ""];
  place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {},
    ...titles.map((title) => make(title ? "th" : "td", title ? { scope: "col" } : {}, title)))),
  make("tbody", {}, ...all("models").map(row))));
}

listen("models", show);
