// The name of a card: its heading becomes a field.

import { t } from "./player.js";
import { card as known } from "./state.js";
import { make } from "./dom.js";

/**
 * Let a card be renamed: Enter keeps the name, Escape leaves it as it was.
 * @param {HTMLElement} article
 * @param {string} id
 * @param {(name: string, before: string) => void} named is told of another name
 */
export function rename(article, id, named) {
  const heading = article.querySelector(".head h2");
  if (!heading) return;
  const field = make("input", { type: "text", class: "name", maxlength: 200,
    "aria-label": t("Name"), value: known(id).name });
  let open = true;
  const close = (keepIt) => {
    if (!open) return;
    open = false;
    const name = field.value.trim(), before = known(id).name;
    heading.textContent = before;
    field.replaceWith(heading);
    article.querySelector(".rename").focus({ preventScroll: true });
    if (keepIt && name && name !== before) named(name, before);
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();  // or the button that gets the focus is pressed, too
    close(event.key === "Enter");
  });
  field.addEventListener("blur", () => close(true));
  heading.replaceWith(field);
  field.focus();
  field.select();
}
