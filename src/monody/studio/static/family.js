// Which melodies were made of which: a family is an original and all its variations.

import { t } from "./player.js";
import { card as known } from "./state.js";
import { keyName, make } from "./dom.js";
import { boldness } from "./knobs.js";
import { isCurrent, reveal } from "./cards.js";

// The melody that all of a family were made of; those that are deleted count, too.
function rootOf(item) {
  const seen = new Set();
  while (item.parent && known(item.parent) && !seen.has(item.id)) {
    seen.add(item.id);
    item = known(item.parent);
  }
  return item.id;
}

const newest = (one, other) => other.created.localeCompare(one.created);

// Families, the one with the newest melody first, and in each the newest first.
export function familiesOf(cards) {
  const families = new Map();
  for (const item of [...cards].sort(newest)) {
    const root = rootOf(item);
    if (!families.has(root)) families.set(root, { root, cards: [] });
    families.get(root).cards.push(item);
  }
  return [...families.values()];
}

// What the server says of a change, "bars 5-8 again", in the words of the page.
const CHANGES = [
  [/^other notes$/, () => t("other notes")],
  [/^same rhythm$/, () => t("same rhythm")],
  [/^same notes$/, () => t("same notes")],
  [/^other rhythm$/, () => t("other rhythm")],
  [/^bar (\d+) again$/, (bar) => t("bar {bar} again", { bar })],
  [/^bars (\d+)-(\d+) again$/, (first, last) => t("bars {first} to {last} again", { first, last })],
  [/^in (\d+\/\d+)$/, (meter) => t("in {meter}", { meter })],
  [/^(?:in|key) (.+)$/, (key) => t("in {key}", { key: keyName(key) })],
  [/^temperature (.+)$/, (temperature) => boldness(Number(temperature))],
  [/^bars (\d+)$/, (count) => t("{count} bars", { count })],
  [/^density (.+)$/, (density) => t("{count} notes a bar", { count: density.replace("..", "–") })],
  [/^no form$/, () => ""],  // a length that its form cannot have
];

function changed(change) {
  for (const [pattern, said] of CHANGES) {
    const found = pattern.exec(change);
    if (found) return said(...found.slice(1));
  }
  return change;
}

// What was done to a melody, in a few words.
function deed(item) {
  const made = { continued: t("continued"), answered: t("answered"), phrase: t("my phrase"),
    dropped: t("dropped") }[item.kind];
  if (made || !["varied", "rewritten"].includes(item.kind)) return made ?? "";
  return item.what.split(", ").map(changed).filter(Boolean).join(", ") || t("another one");
}

function branch(item, children) {
  const link = make("button", { type: "button", class: "link", "data-card": item.id,
    "aria-current": isCurrent(item.id) && "true", onclick: () => reveal(item.id) }, item.name);
  const words = deed(item);
  const inner = children(item.id);
  return make("li", {}, link, words ? make("span", { class: "soft" }, ` ${words}`) : null,
    inner.length ? make("ul", {}, ...inner) : null);
}

// The tree of a family with more than one member, as nested lists; else nothing.
export function tree(cards) {
  if (cards.length < 2) return null;
  const ids = new Set(cards.map((item) => item.id));
  const oldest = [...cards].reverse();
  const children = (id) => oldest
    .filter((item) => item.parent === id).map((item) => branch(item, children));
  const roots = oldest.filter((item) => !ids.has(item.parent));
  return make("nav", { class: "tree", "aria-label": t("Family of {name}", { name: oldest[0].name }) },
    make("ul", {}, ...roots.map((item) => branch(item, children))));
}
