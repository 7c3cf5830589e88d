// Two melodies at the same bar: one key changes which of them sounds.

import { t } from "./player.js";
import { all, card as known, listen } from "./state.js";
import { make } from "./dom.js";
import { say } from "./said.js";
import { playerOf, reveal, shownIds } from "./cards.js";

const bar = document.getElementById("beside");
const sides = ["side-a", "side-b"].map((id) => document.getElementById(id));
const swapper = document.getElementById("swap"), where = document.getElementById("beside-bar");
let sounding = 0;  // which of the sides

function fill() {
  const cards = all("cards").filter((item) => !item.deleted);
  for (const side of sides) {
    const chosen = side.value;
    side.replaceChildren(...cards.map((item) => make("option", { value: item.id }, item.name)));
    side.value = chosen;
  }
}

function show() {
  sides.forEach((side, place) =>
    side.closest("label").classList.toggle("sounds", place === sounding));
  const player = playerOf(sides[sounding].value);
  const number = player?.bar();
  where.textContent = number == null ? "" : number === 0 ? t("pickup") : t("bar {bar}", { bar: number });
}

// Begin to compare a card: with what it was made of, else with the one below it.
export function compareWith(id) {
  fill();
  const ids = shownIds();
  const other = known(id).parent && ids.includes(known(id).parent)
    ? known(id).parent : ids.find((one) => one !== id);
  if (!other) return say(t("There is no other melody yet."));
  [sides[0].value, sides[1].value] = [other, id];
  sounding = 1;
  bar.hidden = false;
  document.body.classList.add("comparing");
  show();
  return swapper.focus();
}

// Let the other one sound from the bar that this one is at, in the same mood.
export async function swap() {
  if (bar.hidden) return;
  const before = playerOf(sides[sounding].value);
  const number = before?.bar() ?? 1;
  const playing = before && !before.audio.paused;
  before?.audio.pause();
  sounding = 1 - sounding;
  const next = await reveal(sides[sounding].value, { focus: false });
  if (!next) return;
  next.toBar(number);
  const both = [before, next].map((one) => one?.card.querySelector(".tempo"));
  if (both[0] && both[1]) {
    both[1].value = both[0].value;
    both[1].dispatchEvent(new Event("input"));
  }
  if (playing || before?.audio.currentTime === 0) next.play();
  show();
  const name = known(sides[sounding].value).name;
  say(t("{name}, bar {bar}", { name, bar: number }));
}

swapper.addEventListener("click", swap);
document.getElementById("beside-close").addEventListener("click", () => {
  bar.hidden = true;
  document.body.classList.remove("comparing");
});
setInterval(() => { if (!bar.hidden) show(); }, 250);
listen("cards", () => { if (!bar.hidden) fill(); });
