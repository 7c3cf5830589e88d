// The player of a melody: its sound, its position, its keys. All times are ticks.

// Make a card alive, and return its player; called once for each card of a page.
export function bringToLife(card) {
  const audio = card.querySelector("audio");
  if (!audio) return null;
  const rate = Number(card.dataset.ticksPerSecond), beat = Number(card.dataset.beat);
  const lines = JSON.parse(card.dataset.barLines), first = Number(card.dataset.firstBar);
  const begin = lines[0], end = lines.at(-1), bars = lines.length - 2 + first;
  const [play, at, loop, bar, tempo] =
    ["play", "at", "loop", "bar", "tempo"].map((name) => card.querySelector(`.${name}`));
  const pictures = new Pictures(card, begin, end), follow = follower(card);
  const player = { card, audio, lines, first, pictures, range: null };
  markGiven(player);
  const wrapped = () => player.range ?? [begin, end];  // what a loop plays

  const within = (tick) => Math.min(Math.max(tick, begin), end);
  // A browser keeps microseconds: what was set to a bar line must not read as before it.
  const now = () => within(audio.currentTime * rate + 0.001);
  const place = (tick) => {  // the number of its bar, and where that begins
    const before = lines.slice(0, -1).filter((line) => line <= tick);
    return [before.length - 1 + first, before.at(-1)];
  };
  const show = () => {
    const tick = now();
    pictures.show(tick, !audio.paused || tick > begin + 0.01);
    at.value = Math.round(tick);
    const [number] = place(tick);
    const text = number ? t("{bar} of {bars}", { bar: number, bars }) : t("pickup");
    if (bar.textContent !== text) bar.textContent = text;
  };
  // What a screen reader says of the position; while it plays, only if it is asked.
  const say = () => {
    const tick = now(), [number, line] = place(tick);
    const count = Math.floor((tick - line) / beat) + 1;
    const words = number
      ? t("bar {bar} of {bars}, beat {beat}", { bar: number, bars, beat: count })
      : t("pickup");
    at.setAttribute("aria-valuetext", tick < end ? words : t("end"));
  };
  const seek = (tick) => {
    audio.currentTime = within(tick) / rate;
    show();
    say();
  };
  const frame = () => {
    const [from, until] = wrapped();
    // The last note rings out after the last bar: a loop does not wait for that.
    if (loop.checked && now() >= until) seek(from);
    show();
    if (audio.paused) return;
    follow(pictures.placesAt(now()));
    for (const { element } of pictures.lit) keepInPicture(element);
    requestAnimationFrame(frame);
  };
  const start = () => {
    const [from, until] = wrapped();
    if (audio.ended || now() <= begin || now() >= until) seek(from);
    return audio.play().catch(() => {});  // stopped before it began, or "error" says why
  };
  const toggle = () => audio.paused ? start() : audio.pause();
  play.addEventListener("click", toggle);
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) {
      if (other !== audio) other.pause();
    }
    play.textContent = t("Pause");
    frame();
  });
  audio.addEventListener("pause", () => {
    play.textContent = t("Play");
    say();
  });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("ended", () => {
    if (!loop.checked) return;
    seek(wrapped()[0]);  // its tab was hidden, and nothing followed
    audio.play();
  });
  at.addEventListener("input", () => seek(Number(at.value)));
  at.addEventListener("focus", say);
  at.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
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
    audio.defaultPlaybackRate = audio.playbackRate = Number(tempo.value) / 100;
    const percent = `${tempo.value} %`;
    card.querySelector(".percent").textContent = percent;
    tempo.setAttribute("aria-valuetext", percent);
  });
  card.addEventListener("click", (event) => {
    const tick = pictures.tickAt(event);
    if (tick !== undefined) seek(tick);
  });
  const lost = () => {
    play.disabled = true;
    play.textContent = t("No sound");
    const file = audio.getAttribute("src");
    play.title = t("{file} is not beside this page", { file });
  };
  audio.addEventListener("error", lost);
  if (audio.error) lost();
  show();
  say();
  return Object.assign(player, {
    seek, play: start, toggle, show, tick: now, bars, bar: () => place(now())[0],
    toBar: (number) => seek(lines[Math.max(0, Math.min(number, bars) - first)]),
  });
}
