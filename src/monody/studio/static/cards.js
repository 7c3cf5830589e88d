// The list of melodies: families together, the newest first. A card is fetched when it
// comes near; until then it is a box as high as a card.

import { bringToLife, t } from "./player.js";
import { all, card as known, listen } from "./state.js";
import { arrange, button, make } from "./dom.js";
import { attempt } from "./said.js";
import { dress, drop, refresh } from "./card.js";
import { familiesOf, tree } from "./family.js";
import { articleOf } from "./heard.js";

const list = document.getElementById("cards");
const onlyHearts = document.getElementById("only-hearts");
const slots = new Map(), families = new Map(), players = new Map();
const NEAR = "1200px";  // below and above the window
const DWELL = 400;  // ms after which the sound of a card is fetched
let current;

export const playerOf = (id) => players.get(id);
export const slotOf = (id) => slots.get(id);
export const shownIds = () =>
  [...list.querySelectorAll(".slot")].map((slot) => slot.dataset.card);

// The sound that a card is made of: another instrument or tempo is another file.
const stampOf = (item) => `${item.program} ${item.bpm} ${item.notes.length}`;

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) load(target);
}, { rootMargin: NEAR });

async function load(slot, again = false) {
  const id = slot.dataset.card, item = known(id);
  if (!item || (slot.dataset.state && !again)) return slot.ready;
  slot.dataset.state = "asked";
  near.unobserve(slot);
  slot.dataset.stamp = stampOf(item);
  slot.ready = attempt(async () => {
    if (item.problem) return broken(slot, item);
    const article = await articleOf(id);
    slot.replaceChildren(article);
    slot.dataset.state = "there";
    article.tabIndex = -1;
    const player = bringToLife(article);
    players.set(id, player);
    if (current === id) fetchSound(id);
    player?.audio.addEventListener("play", () => setCurrent(id));
    dress(article, id, player);
    return article;
  });
  return slot.ready;
}

function broken(slot, item) {
  slot.dataset.state = "there";
  slot.replaceChildren(make("article", { tabindex: -1 },
    make("h2", {}, item.name), make("p", { class: "problem" }, item.problem),
    button(t("Delete"), () => drop(item.id))));
}

function slotFor(id) {
  let slot = slots.get(id);
  if (slot) return slot;
  slot = make("div", { class: "slot", "data-card": id },
    make("p", { class: "soft coming" }, known(id).name, make("span", {}, t("is being drawn …"))));
  slot.addEventListener("focusin", () => setCurrent(id));
  slot.addEventListener("pointerdown", () => setCurrent(id));
  slots.set(id, slot);
  near.observe(slot);
  return slot;
}

function boxFor({ root, cards }) {
  let box = families.get(root);
  if (!box) {
    box = make("section", { class: "family" });
    families.set(root, box);
  }
  const relations = tree(cards);
  arrange(box, [...(relations ? [relations] : []), ...cards.map((item) => slotFor(item.id))]);
  return box;
}

// If the card that has the focus goes, returns a function that gives it to the next one.
function heirOfFocus(there) {
  const slot = document.activeElement?.closest(".slot");
  if (!slot || there.has(slot.dataset.card)) return null;
  const ids = shownIds(), place = ids.indexOf(slot.dataset.card);
  const id = ids.slice(place).find((one) => there.has(one)) ??
    ids.slice(0, place).findLast((one) => there.has(one));
  return async () => {
    await (id && load(slots.get(id)));
    const heir = slots.get(id)?.firstElementChild ?? document.getElementById("generate");
    heir.focus({ preventScroll: true });
  };
}

function sync(changed = []) {
  const shown = all("cards").filter((item) => !item.deleted && item.kind !== "source" &&
    (!onlyHearts.checked || item.heart));
  const there = new Set(shown.map((item) => item.id));
  const heir = heirOfFocus(there);
  arrange(list, familiesOf(shown).map(boxFor));
  heir?.();
  for (const [id, slot] of slots) {
    if (there.has(id)) continue;
    near.unobserve(slot);
    slots.delete(id);
    players.delete(id);
  }
  for (const id of changed) {
    const slot = slots.get(id);
    if (slot?.dataset.state !== "there") continue;
    if (slot.dataset.stamp !== stampOf(known(id))) load(slot, true);
    else refresh(slot.firstElementChild, known(id));
  }
  const kept = all("cards").filter((item) => !item.deleted && item.kind !== "source");
  const hasHeart = kept.some((item) => item.heart);
  document.getElementById("shelf").hidden = !onlyHearts.checked && !hasHeart;
  const empty = document.getElementById("empty"), count = shown.length;
  empty.hidden = count > 0;
  empty.textContent = kept.length
    ? t("No melody has a heart: give one to those that you want to find again.")
    : t("There is no melody yet: press Generate.");
  document.getElementById("count").textContent =
    count === 1 ? t("1 melody") : t("{count} melodies", { count });
}

// To play a melody takes a moment: its sound is made while one still looks at it.
function fetchSound(id) {
  setTimeout(() => {
    if (current === id) players.get(id)?.audio.setAttribute("preload", "auto");
  }, DWELL);
}

export function setCurrent(id) {
  if (current === id) return;
  fetchSound(id);
  slots.get(current)?.classList.remove("is-current");
  current = id;
  slots.get(id)?.classList.add("is-current");
  for (const link of list.querySelectorAll(".tree button")) {
    if (link.dataset.card === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
export const isCurrent = (id) => id === current;

// The card that keys are for: the one last touched or played, else the first.
export function currentId() {
  return slots.has(current) ? current : shownIds()[0];
}

// Show a card, and give it the keys.
export async function reveal(id, { focus = true } = {}) {
  const slot = slots.get(id);
  if (!slot) return undefined;
  setCurrent(id);
  await load(slot);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (focus) slot.firstElementChild?.focus({ preventScroll: true });
  const box = slot.getBoundingClientRect();
  if (box.top < 0 || box.top > innerHeight * 0.5) {
    slot.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
  }
  return players.get(id);
}

// The card above or below another one.
export function neighbour(id, step) {
  const ids = shownIds();
  return ids[ids.indexOf(id) + step];
}

onlyHearts.addEventListener("change", () => sync());
listen("cards", sync);
