// Shows the rows that match the boxes and the text. All is readable without it.
const form = document.querySelector("form");
const language = document.documentElement.lang;
const said = document.querySelector("output");
const parts = [...document.querySelectorAll(".part")].map(part => ({part, rows: null}));

function read(part) {  // [row, verdict, text to search], made at the first search
  return Array.from(part.tBodies[0].rows, row =>
    [row, row.cells[1].className, row.textContent.toLowerCase()]);
}

function show() {
  const wanted = new Set();
  for (const box of form.querySelectorAll("input:checked")) wanted.add(box.value);
  const text = form.querySelector("[type=search]").value.trim().toLowerCase();
  let found = 0, all = 0;
  for (const entry of parts) {
    entry.rows ??= read(entry.part.querySelector("table"));
    let here = 0;
    for (const [row, verdict, words] of entry.rows) {
      const hide = !wanted.has(verdict) || !words.includes(text);
      if (row.hidden !== hide) row.hidden = hide;
      here += !hide;
    }
    entry.part.hidden = !here;
    entry.part.classList.toggle("first", here > 0 && !found);
    entry.part.style.containIntrinsicSize = `auto ${3 * here + 4}rem`;
    found += here;
    all += entry.rows.length;
  }
  document.querySelector("#parts").classList.toggle("filtered", found < all);
  said.textContent = found === all ? "" : said.dataset.found
    .replace("{found}", found.toLocaleString(language)).replace("{all}", all.toLocaleString(language));
}

let waiting = 0;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 150);
});
form.addEventListener("submit", event => event.preventDefault());
form.hidden = false;
if (form.querySelector("input:not(:checked)") || form.querySelector("[type=search]").value) show();
