// Collections: dropping files, what became of each and why, hearing and leaving out.

import { t } from "./player.js";
import { get, patch, post, remove } from "./api.js";
import { all, find, keep, listen } from "./state.js";
import { button, make } from "./dom.js";
import { attempt, say, show as toast, undoable } from "./said.js";
import { chosen, formOf, takeDrops } from "./drop.js";
import { articleInto } from "./heard.js";
import { go } from "./views.js";
import { trainOn } from "./trainings.js";

const list = document.getElementById("collection-list");
const boxes = new Map();  // of each collection, by id
const ROWS = 200;  // of the report that are shown at once

// Send files: a new collection, or more files of one.
async function send(files, id) {
  if (!files.length) return;
  say(t("{count} files are being read …", { count: files.length }));
  const path = id ? `/api/collections/${id}/files` : "/api/collections";
  await attempt(async () => {
    const { collection } = await post(path, formOf(files));
    keep("collections", [collection]);
  }, document.getElementById("collection-drop"));
}

function wordsOf(item) {
  if (item.problem) return item.problem;
  if (item.reading) {
    return t("reading file {done} of {total}", item.reading);
  }
  return [t("{usable} of {files} files are learnt from", item),
    item.dropped && t("{count} without a melody", { count: item.dropped }),
    item.duplicates && t("{count} copies", { count: item.duplicates }),
    item.bars && t("{count} bars", { count: item.bars.toLocaleString() })].filter(Boolean).join(" · ");
}

const VERDICTS = { kept: ["good", () => t("used")], recovered: ["good", () => t("used, put right")],
  duplicate: ["other", () => t("a copy")], dropped: ["fair", () => t("no melody")] };

function lineChoice(id, row) {
  if (!row.lines || row.lines.length < 2) return null;
  const select = make("select", { "aria-label": t("Line of {name}", { name: row.name }) },
    make("option", { value: "" }, t("line as chosen")),
    ...row.lines.map((line) => make("option", { value: line.line }, t("line {line}: {notes} notes", line))));
  select.value = row.line ?? "";
  select.addEventListener("change", () => attempt(() => post(`/api/collections/${id}/line`,
    { source: row.source, line: select.value ? Number(select.value) : null })));
  return select;
}

async function hear(id, row, cell) {
  await attempt(async () => {
    const { cards } = await post(`/api/collections/${id}/hear`, { source: row.source });
    const place = make("div", { class: "heard" });
    cell.closest("tr").after(make("tr", { class: "opened" }, make("td", { colspan: 5 }, place)));
    for (const card of cards) await articleInto(place, card.id);
    place.querySelector(".play")?.click();
  }, cell.querySelector("button"));
}

function rowOf(id, row) {
  const [look, words] = VERDICTS[row.verdict] ?? ["", () => row.verdict];
  const listening = make("td", {});
  if (row.melodies) {
    listening.append(button(t("Hear"), (event) => {
      const open = event.currentTarget.closest("tr").nextElementSibling;
      if (open?.classList.contains("opened")) open.remove();
      else hear(id, row, listening);
    }, { class: "quiet", "aria-label": t("Hear {name}", { name: row.name }) }));
  }
  const use = row.verdict === "dropped" ? null : make("label", {}, make("input", { type: "checkbox",
    checked: !row.left_out, "aria-label": t("Learn from {name}", { name: row.name }),
    onchange: (event) => attempt(() => post(`/api/collections/${id}/leave_out`,
      { source: row.source, out: !event.target.checked })) }));
  return make("tr", { class: row.left_out ? "out" : "" },
    make("td", {}, use), make("th", { scope: "row" }, row.name),
    make("td", {}, make("span", { class: `label ${look}` }, row.left_out ? t("left out") : words()),
      row.reason ? make("span", { class: "soft" }, ` ${row.reason}`) : null,
      row.advice ? make("span", { class: "soft" }, ` ${row.advice}`) : null),
    make("td", {}, row.bars ? t("{count} bars", { count: row.bars }) : "", lineChoice(id, row)), listening);
}

async function report(id, place) {
  await attempt(async () => {
    const rows = await get(`/api/collections/${id}/files`);
    let shown = 0;
    const body = make("tbody", {});
    const more = button("", () => add(), { class: "quiet" });
    const add = () => {
      body.append(...rows.slice(shown, shown + ROWS).map((row) => rowOf(id, row)));
      shown = Math.min(shown + ROWS, rows.length);
      more.hidden = shown >= rows.length;
      more.textContent = t("{count} more files", { count: rows.length - shown });
    };
    const titles = [t("learn"), t("file"), t("what became of it"), t("music"), t("hear")];
    add();
    place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {},
      ...titles.map((title) => make("th", { scope: "col" }, title)))), body), more);
  });
}

function boxOf(item) {
  const { id } = item, place = make("div", { class: "scroll", tabindex: 0, role: "region",
    "aria-label": t("Files of {name}", { name: item.name }) });
  const name = make("input", { type: "text", class: "name", maxlength: 200, value: item.name,
    "aria-label": t("Name of the collection"), onchange: (event) => attempt(async () =>
      keep("collections", [(await patch(`/api/collections/${id}`, { name: event.target.value })).collection])) });
  const more = make("input", { type: "file", multiple: true, onchange: (event) => {
    send(chosen(event.target), id);
    event.target.value = "";
  } });
  const details = make("details", { class: "report" }, make("summary", {}, t("File by file")), place);
  details.addEventListener("toggle", () => { if (details.open) report(id, place); });
  const box = make("article", { class: "collection", "aria-label": item.name },
    make("div", { class: "head" }, name, make("span", { class: "deeds row" },
      button(t("Train"), () => { go("trainings"); trainOn(id); }, { class: "primary" }),
      make("label", { class: "button" }, t("Add files"), more),
      button(t("Delete"), () => attempt(async () => {
        await remove(`/api/collections/${id}`);
        undoable(t("{name} was deleted.", { name: name.value }), t("Undo"), () =>
          patch(`/api/collections/${id}`, { deleted: false }));
      }), { class: "quiet" }))),
    make("p", { class: "soft said" }), make("progress", { "aria-label": t("Reading") }), details);
  takeDrops(box, (files) => send(files, id));
  return box;
}

function sync(changed = []) {
  const items = all("collections");
  for (const item of items) {
    const box = boxes.get(item.id) ?? boxOf(item);
    if (!boxes.has(item.id)) list.prepend(box);
    boxes.set(item.id, box);
    box.querySelector(".said").textContent = wordsOf(item);
    box.querySelector(".said").classList.toggle("problem", Boolean(item.problem));
    const progress = box.querySelector("progress");
    progress.hidden = !item.reading;
    if (item.reading?.total) Object.assign(progress, { max: item.reading.total, value: item.reading.done });
    const details = box.querySelector("details");
    if (changed.includes(item.id) && details.open && !item.reading) {
      report(item.id, details.querySelector(".scroll"));
    }
  }
  for (const [id, box] of boxes) {
    if (find("collections", id)) continue;
    box.remove();
    boxes.delete(id);
  }
}

for (const name of ["files", "folder"]) {
  document.getElementById(`collection-${name}`).addEventListener("change", (event) => {
    send(chosen(event.target));
    event.target.value = "";
  });
}
takeDrops(document.getElementById("collection-drop"), (files) => {
  if (files.length) send(files);
  else toast(t("There is no file in it."), { problem: true });
});
listen("collections", sync);
