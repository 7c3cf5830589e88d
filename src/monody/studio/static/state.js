// What the server knows, kept here: all tabs see the same. Who shows a part of it listens.

import { get } from "./api.js";
import { follow } from "./connection.js";

const KINDS = ["cards", "collections", "trainings", "models"];
const listeners = Object.fromEntries(KINDS.map((kind) => [kind, []]));
// By id, in the order of the server; the base model's id is "".
const known = Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));

let sound = { bank: "", known: false };  // what plays melodies
let gone = {};  // [id, name] of deleted collections and trainings

const key = (item) => item.id ?? "";
export const all = (kind) => [...known[kind].values()];
// All of one kind that says when it was made, the newest first.
export const newestFirst = (kind) =>
  all(kind).sort((one, other) => other.created.localeCompare(one.created));
export const card = (id) => known.cards.get(id);
export const deleted = (kind) => gone[kind] ?? [];
export const soundBank = () => sound;
export const find = (kind, id) => known[kind].get(id ?? "");

// Call a function with the ids that changed, of one kind.
export function listen(kind, heard) {
  listeners[kind].push(heard);
}

function tell(kind, ids) {
  for (const heard of listeners[kind]) heard(ids);
}

// Take in cards that were just answered, before the server tells of them.
export function keep(kind, items) {
  for (const item of items) known[kind].set(key(item), item);
  tell(kind, items.map(key));
  return items;
}

async function readAll() {
  const state = await get("/api/state");
  gone = state.deleted;
  sound = state.sound;
  for (const kind of KINDS) {
    const before = [...known[kind].keys()];
    known[kind] = new Map(state[kind].map((item) => [key(item), item]));
    tell(kind, [...new Set([...before, ...known[kind].keys()])]);
  }
}

let waiting;
// Many events at once are one reading: a training tells of itself every second.
function readSoon() {
  waiting ??= setTimeout(async () => {
    waiting = undefined;
    await readAll().catch(() => {});  // the next event reads again
  }, 150);
}

async function changed(ids) {
  const cards = ids.cards ?? [];
  const others = [...KINDS.slice(1), "sound"];
  if (others.some((kind) => ids[kind]?.length) || cards.length > 8) return readSoon();
  for (const id of cards) {
    const item = await get(`/api/cards/${id}`).catch(() => null);
    if (item && item.kind !== "source") keep("cards", [item]);
  }
  return undefined;
}

// Read all, and hear of every change from then on.
export async function begin() {
  await readAll();
  follow({ changed, back: readSoon });
}
