// Notes that somebody plays: on a MIDI keyboard, on the computer's keys, on the screen.

import { t } from "./player.js";

// Two rows of a keyboard as a piano has them; by place, so that every layout has them.
const KEYS = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH",
  "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon", "Quote"];
export const LETTERS = "AWSEDFTGYHUJKOLP;'";  // as they are on most keyboards
export const FIRST_LETTER = 60;  // the pitch of "A", before "Z" and "X"
const NOTE_OFF = 0x80, NOTE_ON = 0x90;

const listeners = new Set(), held = new Set();
let octave = FIRST_LETTER, access;

/**
 * Hear each note that is played, until the function that is returned is called.
 * @param {(note: {pitch: number, on: boolean, velocity: number, time: number}) => void}
 *   heard gets the time as performance.now() tells it
 * @returns {() => void}
 */
export function hear(heard) {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

// Tell all who listen that a note begins or ends.
export function tell(pitch, on, velocity = 90, time = performance.now()) {
  if (on === held.has(pitch)) return;  // a key repeats while it is down
  if (on) held.add(pitch);
  else held.delete(pitch);
  for (const heard of listeners) heard({ pitch, on, velocity, time });
}

// End every note that sounds.
export function letGo() {
  for (const pitch of [...held]) tell(pitch, false);
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
  addEventListener("blur", letGo);
}
