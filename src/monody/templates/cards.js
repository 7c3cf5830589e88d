"use strict";
// One player for each melody; bar lines are those of the roll. All times are ticks.
for (const card of document.querySelectorAll("article[data-bar-lines]")) {
  const audio = card.querySelector("audio");
  if (!audio) continue;
  const rate = Number(card.dataset.ticksPerSecond);
  const lines = JSON.parse(card.dataset.barLines), first = Number(card.dataset.firstBar);
  const begin = lines[0], end = lines.at(-1), bars = lines.length - 2 + first;
  const play = card.querySelector(".play"), at = card.querySelector(".at");
  const loop = card.querySelector(".loop");
  const bar = card.querySelector(".bar"), tempo = card.querySelector(".tempo");
  const rows = [...card.querySelectorAll(".roll-row")].map((row) => ({
    start: Number(row.dataset.start), end: Number(row.dataset.end),
    left: Number(row.dataset.left), right: Number(row.dataset.right),
    line: row.querySelector(".roll-playhead"),
  }));

  // A browser keeps microseconds: what was set to a bar line must not read as before it.
  const now = () => audio.currentTime * rate + 0.001;
  const seek = (tick) => {
    audio.currentTime = tick / rate;
    show();
  };
  const show = () => {
    const tick = Math.min(Math.max(now(), begin), end);
    for (const row of rows) {
      const here = row.start <= tick && (tick < row.end || row === rows.at(-1));
      row.line.setAttribute("visibility", here ? "visible" : "hidden");
      if (here) {
        const share = (tick - row.start) / (row.end - row.start);
        const x = row.left + share * (row.right - row.left);
        row.line.setAttribute("x1", x);
        row.line.setAttribute("x2", x);
      }
    }
    at.value = Math.round(tick);
    const place = Math.min(lines.filter((line) => line <= tick).length, lines.length - 1);
    const number = place - 1 + first;
    const text = number ? `${number} of ${bars}` : "pickup";
    if (bar.textContent !== text) {
      bar.textContent = text;
      at.setAttribute("aria-valuetext", number ? `bar ${text}` : text);
    }
  };
  const follow = () => {
    // The last note rings out after the last bar: a loop does not wait for that.
    if (loop.checked && now() >= end) seek(begin);
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };
  play.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    if (audio.ended || now() < begin || now() >= end) seek(begin);
    audio.play();
  });
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
    if (!loop.checked) return;
    seek(begin);  // its tab was hidden, and nothing followed
    audio.play();
  });
  at.addEventListener("input", () => seek(Number(at.value)));
  tempo.addEventListener("input", () => {
    audio.playbackRate = Number(tempo.value) / 100;
    card.querySelector(".percent").textContent = `${tempo.value} %`;
  });
  card.querySelector(".roll").addEventListener("click", (event) => {
    const note = event.target.closest(".roll-note");
    if (note) seek(Number(note.dataset.start));
  });
  show();
}
