// The words of a page in the reader's language. English is written where it is used;
// a page in another language carries a table, as JSON in its element "words".

const table = document.getElementById("words");
const words = new Map(Object.entries(table ? JSON.parse(table.textContent) : {}));

// Return a text in the reader's language: t("{bar} of {bars}", {bar: 2, bars: 8}).
export function t(text, values = {}) {
  const said = words.get(text) || text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
