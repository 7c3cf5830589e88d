// A melody to hear inside another room: its article, without what changes it.

import { bringToLife } from "./player.js";
import { text } from "./api.js";

// Fetch the article of a card and put it into a place.
export async function articleInto(place, id) {
  const html = await text(`/api/cards/${id}/article?bars_in_row=${innerWidth < 700 ? 4 : 8}`);
  const template = document.createElement("template");
  template.innerHTML = html;  // the server's own template, with all texts escaped
  const article = template.content.querySelector("article");
  for (const part of article.querySelectorAll(".deeds, .tools, .change, .closer")) part.remove();
  place.append(article);
  bringToLife(article);
  return article;
}
