// What can be done with selected bars: a bar below the pictures, and a part of the panel.

import { t } from "./player.js";
import { button, make } from "./dom.js";
import { vary } from "./vary.js";

// Bars as a musician names them: "Bar 2", "Bars 2 to 5".
export const barsText = ([first, last]) => first === last
  ? t("Bar {bar}", { bar: first }) : t("Bars {first} to {last}", { first, last });

/**
 * A bar that is there as long as bars are selected, at the foot of the pictures.
 * @returns {{show: (chosen: ?number[]) => void}}
 */
export function barsMenu(article, id, player, forget) {
  const words = make("span", {});
  let chosen = null;
  const loop = () => {
    const box = article.querySelector(".loop");
    if (!box.checked) box.click();
    player.seek(player.range[0]);
    player.play();
  };
  const bar = make("div", { class: "bars-menu", role: "group", "aria-label": t("Selected bars"),
    hidden: true }, words,
  button(t("Rewrite these bars"), (event) =>
    vary(id, { replace: chosen }, event.currentTarget), { class: "primary" }),
  button(t("Loop them"), loop), button(t("Select none"), forget, { class: "quiet" }));
  article.querySelector(".music").append(bar);
  return { show(bars) {
    chosen = bars;
    bar.hidden = !bars;
    if (bars) words.textContent = barsText(bars);
  } };
}

/**
 * The part of the panel of changes that selects bars by number and rewrites them.
 * @returns {{show: (chosen: ?number[]) => void, make: () => HTMLElement}}
 */
export function barsGroup(id, { least, bars }, choose) {
  const field = (label, value) => make("input", { type: "number", min: least, max: bars,
    value, "aria-label": label, class: "number" });
  const fields = [field(t("First bar"), Math.min(least + 2, bars)),
    field(t("Last bar"), Math.min(least + 3, bars))];
  const numbers = () => fields.map((one) =>
    Math.max(least, Math.min(Math.round(Number(one.value)) || least, bars)));
  for (const one of fields) one.addEventListener("change", () => choose(...numbers()));
  return {
    show(chosen) {
      if (chosen) [fields[0].value, fields[1].value] = chosen;
    },
    make: () => make("fieldset", {}, make("legend", {}, t("Rewrite bars")),
      make("div", { class: "row" }, make("span", {}, t("Bars")), fields[0],
        make("span", {}, t("to")), fields[1],
        button(t("Rewrite"), (event) =>
          vary(id, { replace: numbers().sort((one, other) => one - other) }, event.currentTarget)),
        make("span", { class: "soft" }, t("or drag over them in the staff or the roll")))),
  };
}
