// The instrument of a card. There are many: its menu has them once it is wanted.

import { make } from "./dom.js";

const groups = () => [...document.querySelectorAll("#knob-instrument optgroup")];

// Give a menu all instruments.
export function fillVoices(select) {
  if (select.options.length > 1) return;
  const { value } = select;
  select.replaceChildren(...groups().map((group) => group.cloneNode(true)));
  select.value = value;
}

const optionOf = (program) => groups().at(-1).querySelectorAll("option")[program];

// The name that the server knows a General MIDI program by, 0 to 127.
export const voiceOf = (program) => optionOf(program).value;

// Show a General MIDI program, 0 to 127.
export function showVoice(select, program) {
  const { value, textContent } = optionOf(program);
  if (select.options.length < 2) select.replaceChildren(make("option", { value }, textContent));
  select.value = value;
}
