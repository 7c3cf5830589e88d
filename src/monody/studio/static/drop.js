// Files that are dropped or chosen: folders are walked through, names keep their folders.

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
const entriesOf = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry, found) {
  if (entry.isFile) {
    found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await entriesOf(reader);
    for (const one of some) await walk(one, found);
    if (!some.length) return;  // a browser gives some 100 at a time
  }
}

// All files of a drop: [{file, path}].
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

export const chosen = (field) => [...field.files].map((file) =>
  ({ file, path: file.webkitRelativePath || file.name }));

// Make an element take files, and show that it does.
export function takeDrops(place, take) {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    place.classList.remove("over");
    take(await dropped(event.dataTransfer));
  });
}

// A form with the files, as the server takes it.
export function formOf(files, name) {
  const form = new FormData();
  if (name) form.append("name", name);
  for (const { file, path } of files) form.append("files", file, path);
  return form;
}
