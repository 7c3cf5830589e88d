"use strict";

// What the theme says in English alone, and what it leaves unnamed.
const SPANISH = {
  "Toggle site navigation sidebar": "Mostrar u ocultar la navegación",
  "Toggle table of contents sidebar": "Mostrar u ocultar el índice de la página",
  "Toggle Light / Dark / Auto color theme": "Colores claros, oscuros o automáticos",
  "Pages of this site": "Páginas de este sitio",
  "On this page": "En esta página",
  "Skip to content": "Ir al contenido",
  "Back to top": "Volver arriba",
};

function said(text) {
  return document.documentElement.lang === "es" ? SPANISH[text] || text : text;
}

function nameEverything() {
  for (const named of document.querySelectorAll("[aria-label]")) {
    named.setAttribute("aria-label", said(named.getAttribute("aria-label")));
  }
  for (const words of document.querySelectorAll(".skip-to-content, .back-to-top span")) {
    words.textContent = said(words.textContent.trim());
  }
  const asides = { ".sidebar-drawer": "Pages of this site", ".toc-drawer": "On this page" };
  for (const [aside, name] of Object.entries(asides)) {
    document.querySelector(aside)?.setAttribute("aria-label", said(name));
  }
  for (const header of document.querySelectorAll("th")) {
    if (!header.textContent.trim()) header.replaceWith(document.createElement("td"));
  }
  for (const caption of document.querySelectorAll(".caption[role='heading']")) {
    caption.setAttribute("aria-level", "2");
  }
  if (!document.querySelector("h1")) {
    const heading = document.createElement("h1");
    heading.textContent = document.title.split(" - ")[0];
    document.querySelector("#furo-main-content")?.prepend(heading);
  }
}

// A link to a sound becomes a player; the link itself stays.
function addPlayers() {
  for (const link of document.querySelectorAll("a.download[href$='.mp3']")) {
    const player = document.createElement("audio");
    player.controls = true;
    player.preload = "none";
    player.src = link.href;
    player.setAttribute("aria-label", link.textContent.trim());
    link.after(player);
  }
}

// What is wider than the page is scrolled with the keyboard, too.
function letKeysScroll() {
  for (const box of document.querySelectorAll("pre, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

// From disk a browser may not read other pages: the search lists titles alone.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
document.addEventListener("DOMContentLoaded", () => {
  nameEverything();
  addPlayers();
});
window.addEventListener("load", letKeysScroll);
window.addEventListener("resize", letKeysScroll);
