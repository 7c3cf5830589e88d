// Models side by side: what each learnt from, and how well it foresees melodies.

import { t } from "./player.js";
import { all, find, listen } from "./state.js";
import { make } from "./dom.js";

const place = document.getElementById("model-list");

const figure = (value) => value == null ? "–" : value.toFixed(2);

function nameOf(item) {
  return find("trainings", item.id)?.collection_name ?? item.name;
}

function row(item) {
  const counts = item.melodies ?? {};
  return make("tr", {}, make("th", { scope: "row" }, nameOf(item)),
    make("td", {}, counts.train == null ? "–" : counts.train.toLocaleString()),
    make("td", {}, item.epochs ? String(item.epochs) : "–"),
    make("td", {}, figure(item.bits_per_note)), make("td", {}, figure(item.test_bits_per_note)),
    make("td", { class: "problem" }, item.problem ?? ""));
}

function show() {
  const titles = [t("model"), t("melodies learnt"), t("epochs"), t("bits a note, held out"),
    t("bits a note, test"), ""];
  place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {},
    ...titles.map((title) => make(title ? "th" : "td", title ? { scope: "col" } : {}, title)))),
  make("tbody", {}, ...all("models").map(row))));
}

listen("models", show);
listen("trainings", show);
