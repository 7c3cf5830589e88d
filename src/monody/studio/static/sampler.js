// Notes that sound at once: each is a small file of the server, fetched once.

let context;
const buffers = new Map();  // by "program/pitch"
const SECONDS = 2;  // that a file sounds
const RELEASE = 0.12;  // seconds

// The clock of all sound; it runs from the first click on.
export function audio() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  return context;
}

function fetched(program, pitch) {
  const key = `${program}/${pitch}`;
  if (!buffers.has(key)) {
    const ready = fetch(`/api/voices/${key}.wav`)
      .then((answer) => answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status))
      .then((data) => audio().decodeAudioData(data));
    ready.catch(() => buffers.delete(key));  // asked again the next time
    buffers.set(key, ready);
  }
  return buffers.get(key);
}

// Fetch the notes that will be needed soon; the promise is kept when all are there.
export function prepare(program, pitches) {
  return Promise.allSettled([...pitches].map((pitch) => fetched(program, pitch)));
}

// Fetch notes that may be needed, one after the other: one that is played does not wait.
export async function prepareGently(program, pitches) {
  for (const pitch of pitches) await fetched(program, pitch).catch(() => {});
}

// Sound a note; returns a function that ends it. Times in seconds of the clock of sound.
export function sound(pitch, { program = 0, at = 0, seconds = SECONDS, velocity = 90 } = {}) {
  const clock = audio(), gain = clock.createGain();
  const begin = Math.max(at, clock.currentTime);
  let source, stopped = false;
  const stop = (when = clock.currentTime) => {
    stopped = stopped || when <= clock.currentTime;
    gain.gain.cancelScheduledValues(when);
    gain.gain.setTargetAtTime(0, when, RELEASE / 4);
    source?.stop(when + RELEASE);
  };
  gain.gain.value = (velocity / 100) ** 1.5;
  gain.connect(clock.destination);
  fetched(program, pitch).then((buffer) => {
    if (stopped) return;
    source = clock.createBufferSource();
    source.buffer = buffer;
    source.connect(gain);
    source.start(Math.max(begin, clock.currentTime));
    if (seconds < SECONDS) stop(begin + seconds);
  }, () => {});
  return stop;
}

// A click of the metronome, higher where a bar begins.
export function click(at, strong) {
  const clock = audio(), oscillator = clock.createOscillator(), gain = clock.createGain();
  oscillator.frequency.value = strong ? 1760 : 1175;
  gain.gain.setValueAtTime(0.16, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.05);
  oscillator.connect(gain).connect(clock.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.06);
}

// Sound notes, [pitch, start, end, velocity] in ticks; returns a function that ends them.
export function playNotes(notes, { bpm, at, program = 0 }) {
  const clock = audio(), begin = at ?? clock.currentTime + 0.1;
  const seconds = (ticks) => ticks * 60 / bpm / 24;
  const stops = notes.map(([pitch, start, end, velocity = 90]) => sound(pitch,
    { program, velocity, at: begin + seconds(start), seconds: seconds(end - start) }));
  const until = begin + seconds(Math.max(...notes.map((note) => note[2])));
  return { stop: () => stops.forEach((stop) => stop()), begin, until };
}
