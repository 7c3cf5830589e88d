// The line to the server: what changes comes over it, and whether the server is there.

import { t } from "./player.js";
import { say } from "./said.js";

const notice = document.getElementById("lost");
const AGAIN = 1500;  // ms until the server is looked for once more
let lost = false;

function lose() {
  if (lost) return;
  lost = true;
  notice.hidden = false;
  say(notice.textContent);
}

function find(back) {
  if (!lost) return;
  lost = false;
  notice.hidden = true;
  say(t("monody is there again."));
  back();
}

/**
 * Listen to the server for as long as the page is open.
 * @param {{changed: (ids: object) => void, back: () => void}} told `changed` gets the
 *   ids that changed, by kind; `back` is called when the server was gone and came back.
 */
export function follow({ changed, back }) {
  const events = new EventSource("/api/events");
  events.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  events.addEventListener("open", () => find(back));
  events.addEventListener("error", () => {
    events.close();  // a browser gives up by itself after an answer that is an error
    lose();
    setTimeout(() => follow({ changed, back }), AGAIN);
  });
}
