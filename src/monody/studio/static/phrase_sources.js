// Where a phrase comes from besides drawing: ABC that is typed, or a file. The server
// reads it and keeps it as a card; its notes go onto the roll, to be changed there.

import { t } from "./player.js";
import { post } from "./api.js";
import { keep } from "./state.js";
import { attempt, say } from "./said.js";

let show = () => {};

// Call a function with each card that comes.
export function onPhrase(shown) {
  show = shown;
}

async function take(body, button) {
  await attempt(async () => {
    const [kept] = keep("cards", (await post("/api/phrases", body)).cards);
    show(kept);
    say(t("{name} is on the roll.", { name: kept.name }));
  }, button);
}

/** @param {File} [file] with a melody, in any form that monody reads */
export function takeFile(file) {
  if (!file) return;
  const form = new FormData();
  form.append("file", file);
  take(form);
}

const abc = document.getElementById("phrase-abc"), field = document.getElementById("phrase-file");
document.getElementById("phrase-abc-use").addEventListener("click", (event) =>
  take({ abc: abc.value }, event.currentTarget));
field.addEventListener("change", () => {
  takeFile(field.files[0]);
  field.value = "";
});
