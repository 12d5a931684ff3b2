// What the page was given: events, steps, messages, states.

const $ = (id) => document.getElementById(id);
const trouble = (text) => { $("trouble").textContent = text; $("trouble").hidden = false; };

/* The data: columns of numbers, each text once, compressed. */
async function unpack() {
  const bytes = Uint8Array.from(atob($("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
let data;
try {
  data = await unpack();
} catch (why) {
  trouble(`This browser can't read the page's data (${why}). It takes one from 2023 or later.`);
  return;
}

const SENT = 0, TWICE = 1, ASTRAY = 2, LOST = 3, ARRIVED = 4, NOBODY = 5, TIMER = 6, DURABLE = 7,
  FAILED = 8, SAID = 9, STARTED = 10, CRASHED = 11, PAUSED = 12, RESUMED = 13, JUMPED = 14,
  STRUCK = 15, ENDED = 16, HEALED = 17;
const OTHERS = [["timers", [TIMER]], ["disks", [DURABLE, FAILED]], ["starts and crashes", [STARTED, CRASHED]],
  ["pauses and clocks", [PAUSED, RESUMED, JUMPED]], ["words", [SAID]], ["faults", [STRUCK, ENDED, HEALED]]];

const { events, texts, lanes, kinds, columns, blame } = data;
const count = events.track.length;
const at = new Float64Array(count), number = new Float64Array(count);
for (let i = 0, time = 0, event = 0; i < count; i++) {
  at[i] = time += events.at[i];
  number[i] = event += events.event[i];
}
const textOf = (i) => texts[events.text[i]];
const laneName = (lane) => (lane < 0 ? "" : lanes[lane][0]);
const kindName = (i) => (events.kind[i] < 0 ? "" : kinds[events.kind[i]][0]);
const seconds = (ns) => {
  const whole = Math.floor(ns / 1e9), rest = Math.round((ns - whole * 1e9) / 1e3);
  return `${whole}.${String(rest).padStart(6, "0")}s`;
};

/* Steps: something that happened, and what was sent then. */
const stepOf = new Int32Array(count);
const heads = [];
for (let i = 0; i < count; i++) {
  const isSending = events.track[i] <= LOST;
  const last = heads.length - 1;
  const belongs = last >= 0 && isSending && number[heads[last]] === number[i];
  if (!belongs) heads.push(i);
  stepOf[i] = heads.length - 1;
}
const steps = heads.length;
const endOf = (step) => (step + 1 < steps ? heads[step + 1] : count);
const timeOf = (step) => at[heads[step]];
const past = new Set(blame ? blame.past : []);
const isPast = new Uint8Array(steps);
let blamed = -1;
for (let step = 0; step < steps; step++) {
  const i = heads[step], track = events.track[i];
  const isTurn = track >= FAILED && track !== HEALED && (!blame || at[i] <= blame.at);
  isPast[step] = past.has(number[i]) && (track === ARRIVED || track > NOBODY) || isTurn ? 1 : 0;
  if (blame && number[i] <= blame.event && track !== NOBODY && track <= STARTED) blamed = step;
}

/* Messages: where each was sent, and where it arrived. */
const arrivals = new Map();
for (let i = 0; i < count; i++) {
  if (events.sent[i] > 0) {
    const sending = i - events.sent[i];
    if (!arrivals.has(sending)) arrivals.set(sending, []);
    arrivals.get(sending).push(i);
  }
}
const arrows = [];
for (let i = 0; i < count; i++) {
  if (events.track[i] > LOST) continue;
  const there = arrivals.get(i) || [];
  if (there.length === 0) arrows.push({ from: i, to: -1, again: false });
  there.forEach((to, nth) => arrows.push({ from: i, to, again: nth > 0 }));
}

/* States: what each was from which step on. */
const firstStepOf = (event) => {
  let low = 0, high = steps;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (number[heads[middle]] < event) low = middle + 1; else high = middle;
  }
  return low;
};
const states = lanes.map(() => []);
for (const [event, lane, tone, label, done, values] of data.states) {
  let step = firstStepOf(event);
  // Of several things in one event, the one that the lane took part in has changed it.
  while (step + 1 < steps && number[heads[step + 1]] === event && events.lane[heads[step]] !== lane) step++;
  if (step >= steps) continue;
  states[lane].push({ step: number[heads[0]] > event ? 0 : step, tone, label: texts[label], done, values });
}
const stateAt = (lane, step) => {
  const known = states[lane];
  let low = 0, high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (known[middle].step <= step) low = middle + 1; else high = middle;
  }
  return low - 1;
};
const modes = lanes.map(() => []);
for (let step = 0; step < steps; step++) {
  const i = heads[step], lane = events.lane[i];
  const mode = { [STARTED]: "up", [RESUMED]: "up", [PAUSED]: "paused", [CRASHED]: "down" }[events.track[i]];
  if (mode && lane >= 0) modes[lane].push({ step, mode });
}
const modeAt = (lane, step) => {
  let mode = "up";
  for (const change of modes[lane]) {
    if (change.step > step) break;
    mode = change.mode;
  }
  return mode;
};
