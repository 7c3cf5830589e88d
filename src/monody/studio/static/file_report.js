// What became of each file of a collection: a table in which a file can be heard, left
// out, or read by another of its lines. Rows that did not change stay as they are.

import { t } from "./player.js";
import { get, post } from "./api.js";
import { button, make } from "./dom.js";
import { articleInto } from "./heard.js";
import { remember } from "./deeds.js";
import { attempt } from "./said.js";

const ROWS = 200;  // that are shown at once
const VERDICTS = { kept: ["good", () => t("used")], recovered: ["good", () => t("used, put right")],
  duplicate: ["other", () => t("a copy")], dropped: ["fair", () => t("no melody")] };

export class FileReport {
  // Of a collection, by its id and name.
  constructor(id, name) {
    Object.assign(this, { id, shown: ROWS, rows: new Map() });  // by source: {told, row}
    this.body = make("tbody", {});
    this.more = button("", () => { this.shown += ROWS; this.read(); }, { class: "quiet", hidden: true });
    const titles = [t("learn"), t("file"), t("what became of it"), t("music"), t("hear")];
    const head = make("thead", {}, make("tr", {},
      ...titles.map((title) => make("th", { scope: "col" }, title))));
    this.element = make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": t("Files of {name}", { name }) }, make("table", {}, head, this.body), this.more);
  }

  // Ask the server what became of the files, and show what is new of it.
  async read() {
    await attempt(async () => this.show(await get(`/api/collections/${this.id}/files`)));
  }

  show(files) {
    const sources = new Set(files.map((file) => file.source));
    for (const [source, { row }] of this.rows) {
      if (sources.has(source)) continue;
      closeHeard(row);
      row.remove();
      this.rows.delete(source);
    }
    for (const file of files.slice(0, this.shown)) this.showFile(file);
    this.more.hidden = files.length <= this.shown;
    this.more.textContent = t("{count} more files", { count: files.length - this.shown });
  }

  showFile(file) {
    const told = JSON.stringify(file), before = this.rows.get(file.source);
    if (before?.told === told) return;
    const row = this.rowOf(file);
    this.rows.set(file.source, { told, row });
    if (!before) return this.body.append(row);
    const focused = before.row.contains(document.activeElement) &&
      document.activeElement.dataset.part;
    if (heardBelow(before.row)) hearButton(row)?.replaceWith(hearButton(before.row));
    before.row.replaceWith(row);
    if (focused) row.querySelector(`[data-part=${focused}]`)?.focus({ preventScroll: true });
  }

  rowOf(file) {
    const [look, words] = VERDICTS[file.verdict] ?? ["", () => file.verdict];
    return make("tr", { class: file.left_out ? "out" : "" },
      make("td", {}, this.useOf(file)), make("th", { scope: "row" }, file.name),
      make("td", {}, make("span", { class: `label ${look}` }, file.left_out ? t("left out") : words()),
        make("span", { class: "soft" }, ` ${[file.reason, file.advice].filter(Boolean).join(" · ")}`)),
      make("td", {}, file.bars ? t("{count} bars", { count: file.bars }) : "", this.lineOf(file)),
      make("td", {}, this.hearOf(file)));
  }

  // Whether a file is learnt from.
  useOf(file) {
    if (file.verdict === "dropped") return null;
    const box = make("input", { type: "checkbox", checked: !file.left_out, "data-part": "use",
      "aria-label": t("Learn from {name}", { name: file.name }),
      onchange: () => this.choose("leave_out", t("Learn from {name}", { name: file.name }),
        { source: file.source, out: !box.checked }, { source: file.source, out: box.checked }) });
    return make("label", {}, box);
  }

  // Which of several lines is learnt from.
  lineOf(file) {
    if (!file.lines || file.lines.length < 2) return null;
    const select = make("select", { "aria-label": t("Line of {name}", { name: file.name }),
      "data-part": "line" },
    make("option", { value: "" }, t("every line that is a melody")),
    ...file.lines.map((line) => make("option", { value: line.line },
      t("line {line}: {name}, {notes} notes", line))));
    select.value = file.line ?? "";
    select.addEventListener("change", () => this.choose("line",
      t("Line of {name}", { name: file.name }),
      { source: file.source, line: select.value ? Number(select.value) : null },
      { source: file.source, line: file.line }));
    return select;
  }

  // Choose something about a file, with a way back.
  choose(which, what, wanted, before) {
    const call = (values) => () => post(`/api/collections/${this.id}/${which}`, values);
    attempt(async () => {
      await call(wanted)();
      remember({ what, undo: call(before), redo: call(wanted) });
    });
  }

  hearOf(file) {
    if (!file.melodies) return null;
    return button(t("Hear"), (event) => {
      const press = event.currentTarget;
      if (!closeHeard(press.closest("tr"))) this.hear(file.source, press);
    }, { class: "quiet hear", "aria-expanded": "false", "data-part": "hear",
      "aria-label": t("Hear {name}", { name: file.name }) });
  }

  async hear(source, press) {
    await attempt(async () => {
      const { cards } = await post(`/api/collections/${this.id}/hear`, { source });
      const place = make("div", { class: "heard" });
      press.closest("tr").after(
        make("tr", { class: "opened" }, make("td", { colspan: 5 }, place)));
      press.setAttribute("aria-expanded", "true");
      for (const card of cards) await articleInto(place, card.id);
      place.querySelector(".play")?.click();
    }, press);
  }
}

const hearButton = (row) => row.querySelector(".hear");

function heardBelow(row) {
  const next = row.nextElementSibling;
  return next?.classList.contains("opened") ? next : null;
}

// Close what is heard of a row; tells whether there was something.
function closeHeard(row) {
  const heard = heardBelow(row);
  heard?.remove();
  if (heard) hearButton(row)?.setAttribute("aria-expanded", "false");
  return Boolean(heard);
}
