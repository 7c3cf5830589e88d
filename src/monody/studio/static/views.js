// The rooms of the page: one is shown, the address says which.

const rooms = [...document.querySelectorAll(".room")].map((room) => room.id.slice(5));
const links = [...document.querySelectorAll("[data-room]")];
const entered = {};
const places = {};  // how far each room was scrolled when it was left

export const here = () => {
  const wanted = location.hash.slice(1);
  return rooms.includes(wanted) ? wanted : "melodies";
};

// The link to a room, in the head of the page.
export const linkTo = (room) => links.find((link) => link.dataset.room === room);

// Call a function each time that a room is entered.
export function onEnter(room, act) {
  (entered[room] ??= []).push(act);
  if (here() === room) act();
}

// Go to a room; it is there at once, so that something in it can get the focus.
export function go(room) {
  if (here() !== room) location.hash = room;
  show();
}

// On a phone not all links fit: that of this room is in the middle.
function bringIntoSight(link) {
  const nav = link.parentElement;
  nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
}

function show() {
  const now = here();
  if (document.body.dataset.at === now) return;
  places[document.body.dataset.at] = scrollY;
  document.body.dataset.at = now;
  for (const room of rooms) document.getElementById(`room-${room}`).hidden = room !== now;
  for (const link of links) {
    if (link.dataset.room === now) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  bringIntoSight(linkTo(now));
  for (const audio of document.querySelectorAll("audio")) audio.pause();
  for (const act of entered[now] ?? []) act();
  scrollTo(0, places[now] ?? 0);
}

addEventListener("hashchange", show);
show();

// The address names the room, so the link over the head of the page cannot use it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
