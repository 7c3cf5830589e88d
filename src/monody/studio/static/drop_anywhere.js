// Files may be dropped anywhere on the page: one file is continued, several are learnt.

import { t } from "./player.js";
import { send } from "./collections.js";
import { make } from "./dom.js";
import { dropped } from "./drop.js";
import { takeFile } from "./phrase_sources.js";
import { go, here } from "./views.js";

const ARCHIVE = /\.zip$/i;
const hint = make("div", { class: "drop-hint", hidden: true });
document.body.append(hint);

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

function hintText() {
  if (here() === "phrase") return t("Drop a file: it comes onto the roll.");
  if (here() === "collections") return t("Drop a folder, files or a zip: monody learns from them.");
  return t("One file is continued. Several, a folder or a zip are learnt from.");
}

async function take(transfer) {
  const from = here(), files = await dropped(transfer);
  if (!files.length) return;
  const isPhrase = files.length === 1 && !files[0].path.includes("/") &&
    !ARCHIVE.test(files[0].path) && from !== "collections";
  go(isPhrase ? "phrase" : "collections");
  if (isPhrase) takeFile(files[0].file);
  else send(files);
}

addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();  // or the file would take the place of the page
  hint.textContent = hintText();
  hint.hidden = false;
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) hint.hidden = true;  // out of the window
});
addEventListener("drop", () => { hint.hidden = true; }, true);
// What has a place of its own, such as a collection, takes them before.
addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  take(event.dataTransfer);
});
