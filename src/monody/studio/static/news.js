// What goes on in other rooms: how far a training is, and when it is over. It is in the
// head of the page, said to a screen reader, and at the end shown wherever one is.

import { t } from "./player.js";
import { all, listen } from "./state.js";
import { make } from "./dom.js";
import { writeWith } from "./knobs.js";
import { say, show } from "./said.js";
import { linkTo } from "./views.js";

const STEP = 20;  // percent, after which it is said how far a training is
const told = new Map();  // by id: the state, and the step that was said last
const badge = make("span", { class: "badge" });
linkTo("trainings").append(badge);

// The percent of its epochs that a training has behind it; it may end sooner.
export function percentOf(item) {
  return item.epochs ? Math.floor(100 * (item.epoch + (item.share ?? 0)) / item.epochs) : 0;
}

function tellEnd(item) {
  const name = item.collection_name;
  if (item.state === "done" && item.model) {
    show(t("{name} is learnt.", { name }),
      { button: t("Compose with it"), act: () => writeWith(item.model) });
  }
  if (item.state === "failed") {
    show(t("The training on {name} failed: {message}", { name, message: item.message }),
      { problem: true });
  }
}

function sync() {
  const running = all("trainings").find((item) => item.state === "running");
  badge.textContent = running ? ` ${percentOf(running)} %` : "";
  for (const item of all("trainings")) {
    const before = told.get(item.id), percent = percentOf(item);
    const step = Math.floor(percent / STEP);
    told.set(item.id, { state: item.state, step });
    if (before?.state === "running" && item.state !== "running") tellEnd(item);
    else if (item.state === "running" && before && step > before.step) {
      say(t("training {percent} %", { percent }));
    }
  }
}

listen("trainings", sync);
