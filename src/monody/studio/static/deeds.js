// What was done, and the way back: every deletion and every change of the page. All is
// kept on the server, so a deed that is undone can be done again, too.

import { t } from "./player.js";
import { attempt, show } from "./said.js";

/**
 * @typedef {{what: string, undo: () => Promise, redo: () => Promise}} Deed
 * what it was, in words that stand alone: "Heart of Melody 3"
 */
const done = [], undone = [];  // the last one last

/** @param {Deed} deed that was just done */
export function remember(deed) {
  done.push(deed);
  undone.length = 0;  // from here on it went another way
}

/**
 * Remember a deed, and say it on the page with a button that undoes it.
 * @param {string} sentence
 * @param {Deed} deed
 */
export function undoable(sentence, deed) {
  remember(deed);
  show(sentence, { button: t("Undo"), act: () => undo(deed) });
}

// Take a deed from one list to the other; tells whether there was one.
function turn(deed, from, to, act, sentence) {
  const place = from.indexOf(deed);
  if (place < 0) return false;
  from.splice(place, 1);
  attempt(async () => {
    await act();
    to.push(deed);
    show(sentence);
  });
  return true;
}

export const undo = (deed = done.at(-1)) =>
  turn(deed, done, undone, deed?.undo, t("Undone: {what}", { what: deed?.what }));

export const redo = (deed = undone.at(-1)) =>
  turn(deed, undone, done, deed?.redo, t("Done again: {what}", { what: deed?.what }));
