// Trainings: one button, what was chosen, how far it is, what it writes on its way.

import { t } from "./player.js";
import { patch, post, remove } from "./api.js";
import { all, find, keep, listen } from "./state.js";
import { button, make } from "./dom.js";
import { attempt, say, undoable } from "./said.js";
import { curveOf } from "./curve.js";
import { articleInto } from "./heard.js";
import { onEnter } from "./views.js";

const list = document.getElementById("training-list");
const select = document.getElementById("train-collection");
const trainButton = document.getElementById("train");
const boxes = new Map();

// Put a training of a collection into the queue.
export async function trainOn(id) {
  if (!id) return;
  await attempt(async () => {
    keep("trainings", [(await post("/api/trainings", { collection: id })).training]);
    say(t("The training is in the queue."));
  }, trainButton);
}

function timeText(seconds) {
  if (seconds == null) return "";
  if (seconds < 90) return t("about {count} seconds left", { count: Math.max(5, Math.round(seconds / 5) * 5) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("about {count} minutes left", { count: minutes });
  return t("about {count} hours left", { count: (minutes / 60).toFixed(1) });
}

function stateText(item) {
  const stages = { reading: t("reading the files"), preparing: t("preparing"), training: t("training") };
  return {
    queued: t("waits for the one before it"),
    running: [stages[item.stage] ?? t("training"), item.epochs && t("epoch {epoch} of at most {epochs}",
      { epoch: item.epoch + 1, epochs: item.epochs }), timeText(item.seconds_left)].filter(Boolean).join(" · "),
    stopped: t("stopped; what it learnt is kept"),
    done: t("done"), failed: t("failed"),
  }[item.state] ?? item.state;
}

function boxOf(item) {
  const { id } = item;
  const act = (what) => (event) => attempt(async () =>
    keep("trainings", [(await post(`/api/trainings/${id}/${what}`)).training]), event.currentTarget);
  const box = make("article", { class: "training", "aria-label": t("Training on {name}", { name: item.collection_name }) },
    make("div", { class: "head" }, make("h3", {}, item.collection_name), make("span", { class: "deeds row" },
      button(t("Stop"), act("stop"), { class: "stop" }),
      button(t("Go on"), act("go_on"), { class: "go-on" }),
      button(t("Compose with it"), () => composeWith(id), { class: "use primary" }),
      button(t("Delete"), () => attempt(async () => {
        await remove(`/api/trainings/${id}`);
        undoable(t("The training on {name} was deleted.", { name: item.collection_name }), t("Undo"),
          () => patch(`/api/trainings/${id}`, { deleted: false }));
      }), { class: "quiet delete-it" }))),
    make("p", { class: "state" }), make("progress", { max: 1, "aria-label": t("Training") }),
    make("p", { class: "soft chosen" }), make("p", { class: "problem message" }),
    make("div", { class: "curve" }), make("div", { class: "heards" }));
  return box;
}

function composeWith(id) {
  const model = document.getElementById("knob-model");
  model.value = find("trainings", id).model;
  model.dispatchEvent(new Event("input", { bubbles: true }));
  location.hash = "melodies";
  document.getElementById("generate").focus();
}

// At each better epoch a melody, beside the last: the newest first, open.
async function hearAll(box, item) {
  const place = box.querySelector(".heards");
  for (const [index, id] of item.heard.entries()) {
    if (place.querySelector(`[data-card="${id}"]`)) continue;
    const details = make("details", { "data-card": id }, make("summary", {},
      item.heard_epochs[index] ? t("After epoch {epoch}", { epoch: item.heard_epochs[index] })
        : t("Before training")));
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector("article")) attempt(() => articleInto(details, id));
    });
    place.prepend(details);
  }
}

function sync() {
  for (const item of all("trainings")) {
    const box = boxes.get(item.id) ?? boxOf(item);
    if (!boxes.has(item.id)) list.prepend(box);
    boxes.set(item.id, box);
    const part = (name) => box.querySelector(name);
    const active = ["running", "queued"].includes(item.state);
    box.dataset.state = item.state;
    part(".state").textContent = stateText(item);
    part(".chosen").textContent = item.chosen;
    part(".message").textContent = item.state === "failed" ? item.message : "";
    part(".stop").hidden = !active;
    part(".go-on").hidden = item.state !== "stopped" && item.state !== "failed";
    part(".use").hidden = !item.model;
    part(".delete-it").hidden = active;
    const progress = part("progress");
    progress.hidden = item.state !== "running";
    if (item.epochs) progress.value = (item.epoch + (item.share ?? 0)) / item.epochs;
    else progress.removeAttribute("value");
    part(".curve").replaceChildren(...(item.curve.length > 1 ? [curveOf(item.curve, item.best_epoch)] : []));
    hearAll(box, item);
  }
  for (const [id, box] of boxes) {
    if (find("trainings", id)) continue;
    box.remove();
    boxes.delete(id);
  }
}

function fill() {
  const chosen = select.value, items = all("collections").filter((item) => !item.problem);
  select.replaceChildren(...items.map((item) => make("option", { value: item.id }, item.name)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  trainButton.disabled = !items.length;
  document.getElementById("train-said").textContent = items.length
    ? t("Everything is chosen by the size of the collection. It goes on when this page is closed.")
    : t("Drop a collection first: a training learns from it.");
}

trainButton.addEventListener("click", () => trainOn(select.value));
listen("trainings", sync);
listen("collections", fill);
onEnter("trainings", fill);
