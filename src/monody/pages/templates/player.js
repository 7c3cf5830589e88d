"use strict";
// One player for each melody; bar lines are those of the roll. All times are ticks.
for (const card of document.querySelectorAll("article[data-bar-lines]")) {
  const audio = card.querySelector("audio");
  if (!audio) continue;
  const rate = Number(card.dataset.ticksPerSecond), beat = Number(card.dataset.beat);
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

  const within = (tick) => Math.min(Math.max(tick, begin), end);
  // A browser keeps microseconds: what was set to a bar line must not read as before it.
  const now = () => within(audio.currentTime * rate + 0.001);
  const place = (tick) => {  // the number of its bar, and where that begins
    const before = lines.slice(0, -1).filter((line) => line <= tick);
    return [before.length - 1 + first, before.at(-1)];
  };
  const show = () => {
    const tick = now();
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
    const [number] = place(tick);
    const text = number ? `${number} of ${bars}` : "pickup";
    if (bar.textContent !== text) bar.textContent = text;
  };
  // What a screen reader says of the position; while it plays, only if it is asked.
  const say = () => {
    const tick = now(), [number, line] = place(tick);
    const count = Math.floor((tick - line) / beat) + 1;
    const words = number ? `bar ${number} of ${bars}, beat ${count}` : "pickup";
    at.setAttribute("aria-valuetext", tick < end ? words : "end");
  };
  const seek = (tick) => {
    audio.currentTime = within(tick) / rate;
    show();
    say();
  };
  const follow = () => {
    // The last note rings out after the last bar: a loop does not wait for that.
    if (loop.checked && now() >= end) seek(begin);
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };
  play.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    if (audio.ended || now() <= begin || now() >= end) seek(begin);
    audio.play();
  });
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) {
      if (other !== audio) other.pause();
    }
    play.textContent = "Pause";
    follow();
  });
  audio.addEventListener("pause", () => {
    play.textContent = "Play";
    say();
  });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("ended", () => {
    if (!loop.checked) return;
    seek(begin);  // its tab was hidden, and nothing followed
    audio.play();
  });
  at.addEventListener("input", () => seek(Number(at.value)));
  at.addEventListener("focus", say);
  at.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const tick = Number(at.value);
    const next = (Math.floor(tick / beat) + 1) * beat;
    const last = (Math.ceil(tick / beat) - 1) * beat;
    const wanted = {
      ArrowRight: next, ArrowUp: next, ArrowLeft: last, ArrowDown: last,
      PageUp: lines.find((line) => line > tick),
      PageDown: lines.findLast((line) => line < tick),
    }[event.key];  // Home and End are the slider's own
    if (wanted === undefined) return;
    event.preventDefault();
    seek(wanted);
  });
  tempo.addEventListener("input", () => {
    audio.playbackRate = Number(tempo.value) / 100;
    const percent = `${tempo.value} %`;
    card.querySelector(".percent").textContent = percent;
    tempo.setAttribute("aria-valuetext", percent);
  });
  card.querySelector(".roll").addEventListener("click", (event) => {
    const note = event.target.closest(".roll-note");
    if (note) seek(Number(note.dataset.start));
  });
  const lost = () => {
    play.disabled = true;
    play.textContent = "No sound";
    play.title = `${audio.getAttribute("src")} is not beside this page`;
  };
  audio.addEventListener("error", lost);
  if (audio.error) lost();
  show();
  say();
}
