// The seed of the next melody: thrown by dice, kept by a pin, or new each time.

const form = document.getElementById("compose");
const field = form.elements.namedItem("seed");
const pin = document.getElementById("pin");

const thrown = () => String(Math.floor(Math.random() * 10000));
const isPinned = () => pin.getAttribute("aria-pressed") === "true";

// Pin what is in the field, if there is something.
export function pinWhatIsThere() {
  pin.setAttribute("aria-pressed", String(Boolean(field.value)));
}

// Put a seed into the field, as if it was typed.
function set(value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// A pinned seed stays; any other was for one melody only.
export function seedUsed(seed) {
  if (seed != null) form.dataset.lastSeed = seed;
  if (!isPinned() && field.value) set("");
}

document.getElementById("dice").addEventListener("click", () => set(thrown()));
pin.addEventListener("click", () =>
  set(isPinned() ? "" : field.value || form.dataset.lastSeed || thrown()));
field.addEventListener("input", pinWhatIsThere);
