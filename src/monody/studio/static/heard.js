// The article of a card, as the server writes it, inside this page.

import { bringToLife } from "./player.js";
import { text } from "./api.js";
import { isPhone } from "./dom.js";

const styles = new Set();

// Each picture brings its style, and each style makes a browser look at the whole page
// once more. They are all alike but for the name of the picture: one of each is enough.
function shareStyles(article) {
  for (const style of article.querySelectorAll("svg style")) {
    const rules = style.textContent.replaceAll(/#[\w-]+ (?=[a-z])/g, ".staff svg ");
    style.remove();
    if (styles.has(rules)) continue;
    styles.add(rules);
    const shared = document.createElement("style");
    shared.textContent = rules;
    document.head.append(shared);
  }
}

// Fetch the article of a card.
export async function articleOf(id) {
  const bars = isPhone() ? 4 : 8;
  const html = await text(`/api/cards/${id}/article?bars_in_row=${bars}`);
  const template = document.createElement("template");
  template.innerHTML = html;  // the server's own template, with all texts escaped
  const article = template.content.querySelector("article");
  shareStyles(article);
  return article;
}

// Put the article of a card into another room, without what changes it.
export async function articleInto(place, id) {
  const article = await articleOf(id);
  for (const part of article.querySelectorAll(".deeds, .tools, .change, .closer")) part.remove();
  place.append(article);
  bringToLife(article);
  return article;
}
