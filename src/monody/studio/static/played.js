// Notes that somebody plays: on a MIDI keyboard, on the computer's keys, on the screen.

import { t } from "./player.js";
import { pitchName } from "./dom.js";

// Two rows of a keyboard as a piano has them; by place, so that every layout has them.
const KEYS = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH",
  "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon", "Quote"];
const LETTERS = "AWSEDFTGYHUJKOLP;'";  // as they are on most keyboards
const NOTE_OFF = 0x80, NOTE_ON = 0x90;
const LOWEST = 48, HIGHEST = 84;  // of the keys on the screen

const listeners = new Set(), held = new Set();
let octave = 60, access;

// Call a function with {pitch, on, velocity, time} of each note; time as performance.now().
export function hear(heard) {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

function tell(pitch, on, velocity = 90, time = performance.now()) {
  if (on === held.has(pitch)) return;  // a key repeats while it is down
  if (on) held.add(pitch);
  else held.delete(pitch);
  for (const key of document.querySelectorAll(`.keyboard [data-pitch="${pitch}"]`)) {
    key.classList.toggle("down", on);
  }
  for (const heard of listeners) heard({ pitch, on, velocity, time });
}

function heardMidi({ data, timeStamp }) {
  const kind = data[0] & 0xf0;
  if (kind === NOTE_ON && data[2] > 0) tell(data[1], true, data[2], timeStamp);
  else if (kind === NOTE_ON || kind === NOTE_OFF) tell(data[1], false, 0, timeStamp);
}

function listenToAll() {
  for (const input of access.inputs.values()) input.onmidimessage = heardMidi;
  return [...access.inputs.values()].map((input) => input.name);
}

// Listen to MIDI keyboards, those that are plugged in later, too. Says what is heard.
export async function openMidi(said) {
  if (!navigator.requestMIDIAccess) {
    return said(t("This browser hears no MIDI keyboard; the computer's keys do."));
  }
  try {
    access ??= await navigator.requestMIDIAccess();
  } catch {
    return said(t("The browser did not allow MIDI; the computer's keys work."));
  }
  const tellNames = () => {
    const names = listenToAll();
    said(names.length ? names.join(", ") : t("no MIDI keyboard; the computer's keys work"));
  };
  access.onstatechange = tellNames;
  return tellNames();
}

const isTyping = (target) => target.matches?.("input, textarea, select, dialog *");

// Make the computer's keys play while a function says that they shall.
export function useKeys(wanted) {
  document.addEventListener("keydown", (event) => {
    if (!wanted() || event.repeat || event.ctrlKey || event.metaKey || event.altKey ||
      isTyping(event.target)) return;
    if (event.code === "KeyZ" || event.code === "KeyX") {
      octave = Math.max(24, Math.min(octave + (event.code === "KeyZ" ? -12 : 12), 96));
      return;
    }
    const place = KEYS.indexOf(event.code);
    if (place < 0) return;
    event.preventDefault();
    event.stopPropagation();
    tell(octave + place, true);
  });
  document.addEventListener("keyup", (event) => {
    const place = KEYS.indexOf(event.code);
    if (place >= 0) tell(octave + place, false);
  });
  addEventListener("blur", () => { for (const pitch of [...held]) tell(pitch, false); });
}

// Draw piano keys that can be pressed by mouse, touch, and Enter or Space.
export function fillKeyboard(place) {
  for (let pitch = LOWEST; pitch <= HIGHEST; pitch += 1) {
    const key = document.createElement("button");
    key.type = "button";
    key.dataset.pitch = pitch;
    key.tabIndex = pitch === 60 ? 0 : -1;
    key.className = [1, 3, 6, 8, 10].includes(pitch % 12) ? "black" : "white";
    key.setAttribute("aria-label", pitchName(pitch));
    const letter = LETTERS[pitch - 60] ?? "";  // of the computer, before "Z" and "X"
    key.textContent = pitch % 12 === 0 ? [letter, pitchName(pitch)].join(" ") : letter;
    place.append(key);
  }
  const pitchOf = (event) => Number(event.target.closest?.("[data-pitch]")?.dataset.pitch);
  const letGo = () => { for (const pitch of [...held]) tell(pitch, false); };
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
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) place.querySelector(`[data-pitch="${pitchOf(event) + step}"]`)?.focus();
    if ([" ", "Enter"].includes(event.key) && !event.repeat) tell(pitchOf(event), true);
  });
  place.addEventListener("keyup", (event) => {
    if ([" ", "Enter"].includes(event.key)) tell(pitchOf(event), false);
  });
}
