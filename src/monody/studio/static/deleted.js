// What was deleted, below each list: it can be had back for some weeks.

import { t } from "./player.js";
import { patch } from "./api.js";
import { all, deleted, keep, listen } from "./state.js";
import { button, make } from "./dom.js";
import { attempt } from "./said.js";
import { reveal } from "./cards.js";

const days = document.getElementById("main").dataset.daysKept;
const SHOWN = 50;  // the last ones
const LISTS = {
  cards: () => all("cards").filter((item) => item.deleted).map(({ id, name }) => [id, name]),
  collections: () => deleted("collections"),
  trainings: () => deleted("trainings"),
};

function bringBack(kind, id, press) {
  return attempt(async () => {
    const answer = await patch(`/api/${kind}/${id}`, { deleted: false });
    if (kind !== "cards") return;
    keep("cards", [answer]);
    await reveal(id);
  }, press);
}

function show(kind) {
  const place = document.getElementById(`deleted-${kind}`), items = LISTS[kind]();
  place.hidden = !items.length;
  place.replaceChildren(
    make("summary", {}, t("Deleted ({count})", { count: items.length })),
    make("p", { class: "soft" }, t("What is deleted stays here for {days} days.", { days })),
    make("ul", {}, ...items.slice(0, SHOWN).map(([id, name]) => make("li", {},
      make("span", {}, name), button(t("Bring back"),
        (event) => bringBack(kind, id, event.currentTarget),
        { "aria-label": t("Bring {name} back", { name }) })))));
}

for (const kind of Object.keys(LISTS)) listen(kind, () => show(kind));
