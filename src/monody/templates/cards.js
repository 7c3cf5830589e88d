"use strict";
// One player for each melody; bar lines are those of the roll. All times are ticks.
for (const card of document.querySelectorAll("article[data-end]")) {
  const audio = card.querySelector("audio");
  if (!audio) continue;
  const rate = Number(card.dataset.ticksPerSecond), end = Number(card.dataset.end);
  const play = card.querySelector(".play"), at = card.querySelector(".at");
  const loop = card.querySelector(".loop");
  const bar = card.querySelector(".bar"), tempo = card.querySelector(".tempo");
  const rows = [...card.querySelectorAll(".roll-row")].map((row) => ({
    start: Number(row.dataset.start), end: Number(row.dataset.end),
    left: Number(row.dataset.left), right: Number(row.dataset.right),
    line: row.querySelector(".roll-playhead"),
  }));
  const lines = JSON.parse(card.dataset.barLines);

  const show = () => {
    const tick = Math.min(audio.currentTime * rate, end);
    for (const row of rows) {
      const here = row.start <= tick && (tick < row.end || row === rows.at(-1));
      row.line.setAttribute("visibility", here ? "visible" : "hidden");
      if (here) {
        const share = Math.min((tick - row.start) / (row.end - row.start), 1);
        const x = row.left + share * (row.right - row.left);
        row.line.setAttribute("x1", x);
        row.line.setAttribute("x2", x);
      }
    }
    at.value = Math.round(tick);
    const number = Math.max(lines.filter((line) => line <= tick).length, 1);
    const text = `${Math.min(number, lines.length - 1)} of ${lines.length - 1}`;
    if (bar.textContent !== text) {
      bar.textContent = text;
      at.setAttribute("aria-valuetext", `bar ${text}`);
    }
  };
  const follow = () => {
    // The last note rings out after its end: a loop does not wait for that.
    if (loop.checked && audio.currentTime * rate >= end) audio.currentTime = 0;
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };
  play.addEventListener("click", () => audio.paused ? audio.play() : audio.pause());
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) {
      if (other !== audio) other.pause();
    }
    play.textContent = "Pause";
    follow();
  });
  audio.addEventListener("pause", () => { play.textContent = "Play"; });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("ended", () => {
    if (loop.checked) audio.play();  // its tab was hidden, and nothing followed
  });
  at.addEventListener("input", () => {
    audio.currentTime = Number(at.value) / rate;
    show();
  });
  tempo.addEventListener("input", () => {
    audio.playbackRate = Number(tempo.value) / 100;
    card.querySelector(".percent").textContent = `${tempo.value} %`;
  });
  card.querySelector(".roll").addEventListener("click", (event) => {
    const note = event.target.closest(".roll-note");
    if (!note) return;
    audio.currentTime = Number(note.dataset.start) / rate;
    show();
  });
  show();
}
