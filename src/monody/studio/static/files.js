// The files of a card: saved by a click, or dragged into another program.

const TYPES = { ".mid": "audio/midi", ".wav": "audio/wav", ".abc": "text/vnd.abc",
  ".musicxml": "application/vnd.recordare.musicxml+xml" };

const endingOf = (link) => link.pathname.slice(link.pathname.lastIndexOf("."));

// Name the files of a card as the card is called.
export function nameFiles(article, name) {
  for (const link of article.querySelectorAll(".files a")) {
    link.download = `${name.replace(/[\\/:*?"<>|]+/g, "-")}${endingOf(link)}`;
  }
}

/**
 * Let the files be dragged out of the browser. A browser that knows "DownloadURL" gives
 * the file itself to a folder or a DAW; others give its address.
 * @param {HTMLElement} article
 */
export function makeDraggable(article) {
  for (const link of article.querySelectorAll(".files a")) {
    link.removeAttribute("target");
    link.draggable = true;
    link.addEventListener("dragstart", (event) => {
      const type = TYPES[endingOf(link)];
      // A colon ends a part of it; a file's name here never has one.
      event.dataTransfer.setData("DownloadURL", `${type}:${link.download}:${link.href}`);
      event.dataTransfer.effectAllowed = "copy";
    });
  }
}
