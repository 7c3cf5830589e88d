// Piano keys on the screen, to be pressed by mouse, touch, and Enter or Space.

import { make, pitchName } from "./dom.js";
import { FIRST_LETTER, hear, letGo, LETTERS, tell } from "./played.js";

const LOWEST = 48, HIGHEST = 84;  // pitches
const BLACK = [1, 3, 6, 8, 10];

function keyOf(pitch) {
  const letter = LETTERS[pitch - FIRST_LETTER] ?? "";  // of the computer's keyboard
  const words = pitch % 12 === 0 ? [letter, pitchName(pitch)].join(" ") : letter;
  return make("button", { type: "button", class: BLACK.includes(pitch % 12) ? "black" : "white",
    "data-pitch": pitch, tabindex: pitch === FIRST_LETTER ? 0 : -1,
    "aria-label": pitchName(pitch) }, words);
}

const pitchOf = (event) => Number(event.target.closest?.("[data-pitch]")?.dataset.pitch);

function listenToPointers(place) {
  place.addEventListener("pointerdown", (event) => {
    if (!pitchOf(event)) return;
    event.target.releasePointerCapture?.(event.pointerId);  // a finger may slide over keys
    tell(pitchOf(event), true);
  });
  place.addEventListener("pointerover", (event) => {
    if (!event.buttons || !pitchOf(event)) return;
    letGo();
    tell(pitchOf(event), true);
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) {
    place.addEventListener(kind, letGo);
  }
}

function listenToKeys(place) {
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) place.querySelector(`[data-pitch="${pitchOf(event) + step}"]`)?.focus();
    if ([" ", "Enter"].includes(event.key) && !event.repeat) tell(pitchOf(event), true);
  });
  place.addEventListener("keyup", (event) => {
    if ([" ", "Enter"].includes(event.key)) tell(pitchOf(event), false);
  });
}

// Draw piano keys into an element; whatever plays a note is seen on them.
export function fillKeyboard(place) {
  for (let pitch = LOWEST; pitch <= HIGHEST; pitch += 1) place.append(keyOf(pitch));
  const keyAt = (pitch) => place.querySelector(`[data-pitch="${pitch}"]`);
  hear(({ pitch, on }) => keyAt(pitch)?.classList.toggle("down", on));
  listenToPointers(place);
  listenToKeys(place);
  return { showMiddle() {
    place.scrollLeft = keyAt(FIRST_LETTER).offsetLeft - place.offsetLeft;
  } };
}
