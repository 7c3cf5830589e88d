// Sentences for everyone: to a screen reader, and on the page, with a way back.

const live = document.getElementById("live"), toasts = document.getElementById("toasts");
const SHOWN = 7000;  // ms

// Let a screen reader say a sentence, again if it was the last one, too.
export function say(sentence) {
  live.textContent = "";
  setTimeout(() => { live.textContent = sentence; }, 30);
}

// Show a sentence for a while; a button can be in it. It stays while it is touched.
export function show(sentence, { button, act, problem = false } = {}) {
  const box = document.createElement("div");
  box.className = problem ? "toast problem" : "toast";
  const words = document.createElement("span");
  words.textContent = sentence;
  box.append(words);
  const close = () => box.remove();
  if (button) {
    const way = document.createElement("button");
    way.type = "button";
    way.textContent = button;
    way.addEventListener("click", () => { close(); act(); });
    box.append(way);
  }
  toasts.replaceChildren(box);
  say(sentence);
  const wait = () => setTimeout(() => box.matches(":hover, :focus-within") ? wait() : close(),
    SHOWN);
  wait();
}

// Do something that the server may refuse; what it says is shown. A button waits for it,
// and asks for nothing more meanwhile.
export async function attempt(work, button) {
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    show(error.message, { problem: true });
    if (error.constructor.name !== "Refused") console.error(error);
    return undefined;
  } finally {
    button?.removeAttribute("aria-busy");
  }
}
