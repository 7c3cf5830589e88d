// Which melodies were made of which: a family is an original and all its variations.

import { t } from "./player.js";
import { card as known } from "./state.js";
import { keyName, make } from "./dom.js";
import { boldness } from "./knobs.js";
import { reveal } from "./cards.js";

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

// A setting that was changed, in the words of the knobs.
function changed(setting) {
  const [, name, value] = /^(temperature|bars|density|key) (\S.*)$/.exec(setting) ?? [];
  if (name === "temperature") return boldness(Number(value));
  if (name === "bars") return t("{count} bars", { count: value });
  if (name === "density") return t("{count} notes a bar", { count: value.replace("..", "–") });
  if (name === "key") return keyName(value);
  return setting.endsWith(" form") ? "" : setting;  // a length that its form cannot have
}

// What was done to a melody, in a few words.
export function deed(item) {
  if (item.what) {
    return item.what.split(", ").map(changed).filter(Boolean).join(", ") || t("another one");
  }
  return { continued: t("continued"), answered: t("answered"), phrase: t("my phrase"),
    dropped: t("dropped") }[item.kind] ?? "";
}

function branch(item, children) {
  const link = make("button", { type: "button", class: "link",
    onclick: () => reveal(item.id) }, item.name);
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
