// The rooms of the page: one is shown, the address says which.

const rooms = [...document.querySelectorAll(".room")].map((room) => room.id.slice(5));
const entered = {};

export const here = () => {
  const wanted = location.hash.slice(1);
  return rooms.includes(wanted) ? wanted : "melodies";
};

// Call a function each time that a room is entered.
export function onEnter(room, act) {
  (entered[room] ??= []).push(act);
  if (here() === room) act();
}

export function go(room) {
  if (here() !== room) location.hash = room;
}

function show() {
  const now = here();
  for (const room of rooms) document.getElementById(`room-${room}`).hidden = room !== now;
  for (const link of document.querySelectorAll("[data-room]")) {
    if (link.dataset.room === now) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const audio of document.querySelectorAll("audio")) audio.pause();
  for (const act of entered[now] ?? []) act();
}

addEventListener("hashchange", show);
show();
