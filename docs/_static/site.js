// A link to a sound becomes a player, as far as the page can: the link itself stays.
"use strict";

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

// From disk a browser may not read other pages: the search lists titles alone.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
document.addEventListener("DOMContentLoaded", addPlayers);
