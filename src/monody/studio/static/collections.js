// Collections: files are dropped, read, named, added to, and learnt from.

import { t } from "./player.js";
import { patch, post, remove } from "./api.js";
import { all, find, keep, listen } from "./state.js";
import { button, make } from "./dom.js";
import { chosen, formOf, takeDrops } from "./drop.js";
import { FileReport } from "./file_report.js";
import { counted } from "./numbers.js";
import { attempt, say, show as toast, undoable } from "./said.js";
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
    item.dropped && t("{count} without a melody", { count: item.dropped }),
    item.duplicates && t("{count} copies", { count: item.duplicates }),
    item.bars && t("{count} bars", { count: counted(item.bars) })].filter(Boolean).join(" · ");
}

async function drop(id, name) {
  await attempt(async () => {
    await remove(`/api/collections/${id}`);
    undoable(t("{name} was deleted. It can be brought back at the end of this list.", { name }), t("Undo"), () =>
      patch(`/api/collections/${id}`, { deleted: false }));
  });
}

function headOf(item) {
  const { id } = item;
  const name = make("input", { type: "text", class: "name", maxlength: 200, value: item.name,
    "aria-label": t("Name of the collection"), onchange: () => attempt(async () =>
      keep("collections", [(await patch(`/api/collections/${id}`, { name: name.value })).collection])) });
  const more = make("input", { type: "file", multiple: true, onchange: () => {
    send(chosen(more), id);
    more.value = "";
  } });
  return make("div", { class: "head" }, name, make("span", { class: "deeds row" },
    button(t("Train"), () => { go("trainings"); trainOn(id); }, { class: "train primary",
      title: t("monody learns to write melodies like these") }),
    make("label", { class: "button" }, t("Add files"), more),
    button(t("Delete"), () => drop(id, name.value), { class: "quiet" })));
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

// Show how far the reading is, and say when it is over.
function showState(item, own) {
  const part = (name) => own.box.querySelector(name), { reading } = item;
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
  for (const item of all("collections")) {
    const own = boxes.get(item.id) ?? boxOf(item);
    if (!boxes.has(item.id)) list.prepend(own.box);
    boxes.set(item.id, own);
    showState(item, own);
    const isOpen = own.box.querySelector("details").open;
    if (changed.includes(item.id) && isOpen && !item.reading) own.report.read();
  }
  for (const [id, { box }] of boxes) {
    if (find("collections", id)) continue;
    box.remove();
    boxes.delete(id);
  }
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
