// The curve of a training: bits a note of each epoch, on melodies learnt and held out.

import { t } from "./player.js";
import { draw, make } from "./dom.js";
import { figure } from "./numbers.js";

const WIDTH = 640, HEIGHT = 200, LEFT = 44, RIGHT = 110, TOP = 12, BOTTOM = 26;

// Draw points [{epoch, train, held_out}]; the best epoch is marked.
export function curveOf(points, best) {
  const values = points.flatMap((point) => [point.train, point.held_out]).filter((each) => each != null);
  const low = Math.min(...values), high = Math.max(...values, low + 0.1);
  const last = points.at(-1).epoch, first = points[0].epoch;
  const x = (epoch) => LEFT + (epoch - first) / Math.max(last - first, 1) * (WIDTH - LEFT - RIGHT);
  const y = (value) => TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const line = (name) => {
    const there = points.filter((point) => point[name] != null);
    const path = there.map((point, place) =>
      `${place ? "L" : "M"}${x(point.epoch).toFixed(1)} ${y(point[name]).toFixed(1)}`).join("");
    const end = there.at(-1);
    const words = name === "train" ? t("learnt melodies") : t("other melodies");
    return end ? [draw("path", { d: path, class: `line ${name}` }),
      draw("text", { x: x(end.epoch) + 10, y: y(end[name]) + 4, class: name }, words)] : [];
  };
  const marks = [low, (low + high) / 2, high].map((value) => draw("text",
    { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, figure(value, 1)));
  const at = points.find((point) => point.epoch === best);
  const bits = at && (at.held_out ?? at.train);
  const found = bits != null ? [draw("circle", { cx: x(best), cy: y(bits), r: 5, class: "best" })] : [];
  const said = t("Bits a note by pass, lower is better; the best is {bits} at pass {epoch}.",
    { bits: bits == null ? "–" : figure(bits, 2), epoch: best || "–" });
  return make("figure", {},
    make("figcaption", { class: "soft" }, t("How much each note surprises it, in bits, after each pass through the melodies; lower is better.")),
    draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curves", role: "img", "aria-label": said },
      draw("text", { x: LEFT, y: HEIGHT - 6 }, t("pass {epoch}", { epoch: first })),
      draw("text", { x: x(last), y: HEIGHT - 6, "text-anchor": "end" }, String(last)),
      ...marks, ...line("train"), ...line("held_out"), ...found));
}
