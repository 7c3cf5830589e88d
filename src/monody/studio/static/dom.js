// Making elements. Texts are only ever texts: no markup from a stranger's file.

import { t } from "./player.js";

const PHONE = 700;  // px
// Whether the window is so narrow that things go below each other.
export const isPhone = () => innerWidth < PHONE;

// Make an element: make("a", {href: "#x", class: "y"}, "text", child).
export function make(name, look = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(look)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value === true) element.setAttribute(attribute, "");
    else if (value !== false && value != null) element.setAttribute(attribute, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
// Make an element of a drawing.
export function draw(name, look = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(look)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

export const button = (words, act, look = {}) =>
  make("button", { type: "button", onclick: act, ...look }, words);

const NOTES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
// The name of a MIDI pitch in the reader's language: 60 is C4, or do4.
export function pitchName(pitch) {
  const [letter, sign = ""] = NOTES[pitch % 12];
  return `${t(letter)}${sign}${Math.floor(pitch / 12) - 1}`;
}
// "Bb major" as a musician writes it: B♭ major, si♭ mayor.
export function keyName(key) {
  const [, letter, sign, mode] = /^([A-G])([b#]?)\s*(.*)$/.exec(key) ?? [];
  if (!letter) return key;
  return `${t(letter)}${{ b: "♭", "#": "♯" }[sign] ?? ""} ${t(mode)}`.trim();
}

// Put elements into a place in their order; those that are right already do not move,
// because a sound stops when its element is moved. What is not wanted any more goes.
export function arrange(place, wanted) {
  const kept = new Set(wanted);
  for (const child of [...place.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((element, index) => {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index]);
  });
}
