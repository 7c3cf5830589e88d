// The player of a melody: its sound, its position, its keys. All times are ticks.

// Make a card alive, and return its player; called once for each card of a page.
export function bringToLife(card) {
  const audio = card.querySelector("audio");
  if (!audio) return null;
  const rate = Number(card.dataset.ticksPerSecond);
  const lines = JSON.parse(card.dataset.barLines), first = Number(card.dataset.firstBar);
  const beats = JSON.parse(card.dataset.beats);  // how long one is, in each bar
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
  const place = (tick) => {  // the number of its bar, and of its beat in it
    const bar = lines.slice(0, -1).findLastIndex((line) => line <= tick);
    return [bar + first, Math.floor((tick - lines[bar]) / beats[bar]) + 1];
  };
  const beatLines = beats.flatMap((beat, bar) => {
    const count = Math.ceil((lines[bar + 1] - lines[bar]) / beat);
    return Array.from({ length: count }, (_, number) => lines[bar] + number * beat);
  });
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
    const tick = now(), [number, beat] = place(tick);
    const words = number
      ? t("bar {bar} of {bars}, beat {beat}", { bar: number, bars, beat })
      : t("pickup");
    at.setAttribute("aria-valuetext", tick < end ? words : t("end"));
  };
  const seek = (tick) => {
    audio.currentTime = within(tick) / rate;
    show();
    say();
  };
  // The last note rings out after the last bar: a loop does not wait for that.
  const goOn = () => {
    const [from, until] = wrapped();
    if (loop.checked && !audio.paused && now() >= until) seek(from);
    show();
  };
  let coming;
  const frame = () => {
    goOn();
    if (audio.paused) return;
    follow(pictures.placesAt(now()));
    for (const { element } of pictures.lit) keepInPicture(element);
    cancelAnimationFrame(coming);  // a pause and a start within a frame are one run
    coming = requestAnimationFrame(frame);
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
  audio.addEventListener("timeupdate", goOn);  // in a tab that is hidden, nothing else
  audio.addEventListener("ended", () => {
    if (!loop.checked) return;
    seek(wrapped()[0]);
    audio.play();
  });
  at.addEventListener("input", () => seek(Number(at.value)));
  at.addEventListener("focus", say);
  at.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const tick = Number(at.value);
    const next = beatLines.find((line) => line > tick) ?? end;
    const last = beatLines.findLast((line) => line < tick) ?? begin;
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
