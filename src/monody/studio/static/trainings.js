// Trainings: one button, what was chosen, how far it is, what it writes on its way.

import { t } from "./player.js";
import { patch, post, remove } from "./api.js";
import { all, find, keep, listen, newestFirst } from "./state.js";
import { arrange, button, make } from "./dom.js";
import { writeWith } from "./knobs.js";
import { figure } from "./numbers.js";
import { undoable } from "./deeds.js";
import { attempt, say } from "./said.js";
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
  return t("about {count} hours left", { count: figure(minutes / 60, 1) });
}

function stateText(item) {
  const stages = { reading: t("reading the files"), preparing: t("preparing"), training: t("training") };
  return {
    queued: t("waits for the one before it"),
    running: [stages[item.stage] ?? t("training"), item.epochs && t("pass {epoch} of at most {epochs}",
      { epoch: item.epoch + 1, epochs: item.epochs }), timeText(item.seconds_left)].filter(Boolean).join(" · "),
    stopped: t("stopped; what it learnt is kept"),
    done: item.best_epoch ? t("done: it was best after pass {epoch}", { epoch: item.best_epoch })
      : t("done"),
    failed: t("failed"),
  }[item.state] ?? item.state;
}

// Delete a training and its model, with a way back; of a damaged one the model may be all.
export async function drop(id) {
  const path = `/api/trainings/${id}`;
  const name = find("trainings", id)?.collection_name ?? find("models", id).name;
  await attempt(async () => {
    await remove(path);
    undoable(t("The training on {name} was deleted with its model. It can be brought back at the end of the trainings.", { name }),
      { what: t("Delete the training on {name}", { name }),
        undo: () => patch(path, { deleted: false }), redo: () => remove(path) });
  });
}

function boxOf(item) {
  const { id } = item;
  const act = (what) => (event) => attempt(async () =>
    keep("trainings", [(await post(`/api/trainings/${id}/${what}`)).training]), event.currentTarget);
  const box = make("article", { class: "training", "aria-label": t("Training on {name}", { name: item.collection_name }) },
    make("div", { class: "head" }, make("h3", {}, item.collection_name), make("span", { class: "deeds row" },
      button(t("Stop"), act("stop"), { class: "stop" }),
      button(t("Go on"), act("go_on"), { class: "go-on" }),
      button(t("Compose with it"), () => writeWith(find("trainings", id).model), { class: "use primary" }),
      button(t("Delete"), () => drop(id), { class: "quiet delete-it" }))),
    make("p", { class: "state" }), make("progress", { max: 1, "aria-label": t("Training") }),
    make("p", { class: "soft chosen" }), make("p", { class: "problem message" }),
    make("div", { class: "curve" }), make("div", { class: "heards" }));
  return box;
}

function heardText(epoch, best) {
  if (!epoch) return t("Hear it before the training");
  return epoch === best ? t("Hear it after pass {epoch}, the best", { epoch })
    : t("Hear it after pass {epoch}", { epoch });
}

// Play a melody of a training, which is shown first if it is not there yet.
async function hear(details, id) {
  const article = details.querySelector("article") ?? await articleInto(details, id);
  if (details.open) article.querySelector(".play")?.click();
}

// At each better epoch a melody, beside the last: the newest first.
function hearAll(box, item) {
  const place = box.querySelector(".heards");
  for (const [index, id] of item.heard.entries()) {
    const words = heardText(item.heard_epochs[index], item.best_epoch);
    const there = place.querySelector(`[data-card="${id}"] > summary`);
    if (there) {
      there.textContent = words;  // a later one may be better
      continue;
    }
    const details = make("details", { "data-card": id }, make("summary", {}, words));
    details.addEventListener("toggle", () => {
      if (details.open) attempt(() => hear(details, id));
      else details.querySelector("audio")?.pause();
    });
    place.prepend(details);
  }
}

function sync() {
  const items = newestFirst("trainings");
  for (const item of items) {
    const box = boxes.get(item.id) ?? boxOf(item);
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
  arrange(list, items.map((item) => boxes.get(item.id)));
  for (const id of boxes.keys()) if (!find("trainings", id)) boxes.delete(id);
}

function fill() {
  const chosen = select.value, items = all("collections").filter((item) => !item.problem && item.usable);
  select.replaceChildren(...items.map((item) => make("option", { value: item.id }, item.name)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  document.getElementById("train-row").hidden = !items.length;
  document.getElementById("train-nothing").hidden = items.length > 0;
}

trainButton.addEventListener("click", () => trainOn(select.value));
listen("trainings", sync);
listen("collections", fill);
onEnter("trainings", fill);
