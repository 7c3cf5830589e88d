// Collections: files are dropped, read, named, added to, and learnt from.

import { t } from "./player.js";
import { patch, post, remove } from "./api.js";
import { remember, undoable } from "./deeds.js";
import { find, keep, listen, newestFirst } from "./state.js";
import { arrange, button, make } from "./dom.js";
import { chosen, formOf, takeDrops } from "./drop.js";
import { FileReport } from "./file_report.js";
import { counted } from "./numbers.js";
import { attempt, say, show as toast } from "./said.js";
import { trainOn } from "./trainings.js";
import { go } from "./views.js";

const list = document.getElementById("collection-list");
const boxes = new Map();  // of each collection, by id: {box, report, wasReading}

/**
 * Send files: a new collection, or more files of one.
 * @param {{file: File, path: string}[]} files
 * @param {string} [id] of the collection that they are added to
 */
export async function send(files, id) {
  if (!files.length) return toast(t("There is no file in it."), { problem: true });
  say(t("{count} files are being read …", { count: files.length }));
  const path = id ? `/api/collections/${id}/files` : "/api/collections";
  return attempt(async () => {
    const { collection } = await post(path, formOf(files));
    keep("collections", [collection]);
  });
}

function wordsOf(item) {
  if (item.problem) return item.problem;
  if (item.reading?.total) return t("reading file {done} of {total}", item.reading);
  if (item.reading) return t("reading the files");
  if (!item.usable) return t("There is no melody in it to learn from: see why file by file, or add other files.");
  return [t("{usable} of {files} files are learnt from", item),
    item.left_out && t("{count} left out", { count: item.left_out }),
    item.dropped && t("{count} without a melody", { count: item.dropped }),
    item.duplicates && (item.duplicates === 1 ? t("1 copy")
      : t("{count} copies", { count: counted(item.duplicates) })),
    item.bars && t("{count} bars", { count: counted(item.bars) })].filter(Boolean).join(" · ");
}

async function drop(id) {
  const { name } = find("collections", id), path = `/api/collections/${id}`;
  await attempt(async () => {
    await remove(path);
    undoable(t("{name} was deleted. It can be brought back at the end of this list.", { name }),
      { what: t("Delete {name}", { name }), undo: () => patch(path, { deleted: false }),
        redo: () => remove(path) });
  });
}

async function rename(id, name) {
  const before = find("collections", id).name;
  const call = (wanted) => async () => {
    const { collection } = await patch(`/api/collections/${id}`, { name: wanted });
    keep("collections", [collection]);
  };
  await attempt(async () => {
    await call(name)();
    remember({ what: t("Name of {name}", { name }), undo: call(before), redo: call(name) });
  });
}

function headOf(item) {
  const { id } = item;
  const name = make("input", { type: "text", class: "name", maxlength: 200, value: item.name,
    "aria-label": t("Name of the collection"), onchange: () => rename(id, name.value) });
  const more = make("input", { type: "file", multiple: true, onchange: () => {
    send(chosen(more), id);
    more.value = "";
  } });
  return make("div", { class: "head" }, name, make("span", { class: "deeds row" },
    button(t("Train"), () => { go("trainings"); trainOn(id); }, { class: "train primary",
      title: t("monody learns to write melodies like these") }),
    make("label", { class: "button" }, t("Add files"), more),
    button(t("Delete"), () => drop(id), { class: "quiet" })));
}

function boxOf(item) {
  const report = new FileReport(item.id, item.name);
  const details = make("details", { class: "report" },
    make("summary", {}, t("File by file")), report.element);
  details.addEventListener("toggle", () => { if (details.open) report.read(); });
  const box = make("article", { class: "collection", "aria-label": item.name }, headOf(item),
    make("p", { class: "soft said" }), make("progress", { "aria-label": t("Reading") }), details);
  takeDrops(box, (files) => send(files, item.id));
  return { box, report, wasReading: false };
}

// It may have been renamed in another tab; what is being typed here stays.
function showName(field, box, name) {
  if (field !== document.activeElement || field.value === field.defaultValue) field.value = name;
  field.defaultValue = name;
  box.setAttribute("aria-label", name);
}

// Show how far the reading is, and say when it is over.
function showState(item, own) {
  const part = (name) => own.box.querySelector(name), { reading } = item;
  showName(part(".name"), own.box, item.name);
  const words = wordsOf(item), isNothing = !reading && !item.usable && !item.problem;
  part(".said").textContent = words;
  part(".said").classList.toggle("problem", Boolean(item.problem) || isNothing);
  part(".train").disabled = Boolean(reading) || !item.usable || Boolean(item.problem);
  part("progress").style.visibility = reading ? "" : "hidden";  // its place stays
  if (reading?.total) Object.assign(part("progress"), { max: reading.total, value: reading.done });
  if (own.wasReading && !reading) {
    say(`${item.name}: ${words}`);
    if (isNothing) part("details").open = true;
  }
  own.wasReading = Boolean(reading);
}

function sync(changed = []) {
  const items = newestFirst("collections");
  for (const item of items) {
    const own = boxes.get(item.id) ?? boxOf(item);
    boxes.set(item.id, own);
    showState(item, own);
    const isOpen = own.box.querySelector("details").open;
    if (changed.includes(item.id) && isOpen && !item.reading) own.report.read();
  }
  arrange(list, items.map((item) => boxes.get(item.id).box));
  for (const id of boxes.keys()) if (!find("collections", id)) boxes.delete(id);
}

for (const name of ["files", "folder"]) {
  const field = document.getElementById(`collection-${name}`);
  field.addEventListener("change", () => {
    send(chosen(field));
    field.value = "";
  });
}
takeDrops(document.getElementById("collection-drop"), (files) => send(files));
listen("collections", sync);
