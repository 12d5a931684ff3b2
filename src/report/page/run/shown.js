// What is shown of it, and where: by order or by time.

const families = [...new Set(kinds.map((kind) => kind[1]))];
const familyOf = kinds.map((kind) => families.indexOf(kind[1]));
/* What is known has its colour on every page; the others have theirs in the order in which they come. */
const KNOWN = ["requests", "normal operation", "view change", "recovery", "state transfer", "reconfiguration", "reads", "prediction"];
const looks = families.map((family, index) => (KNOWN.includes(family) ? KNOWN.indexOf(family) : index % 8));
const lookOf = (kind) => (kind < 0 ? 1 : looks[familyOf[kind]]);
/* Faults that touch stand one above the other. */
const faultRows = [];
const rowOf = data.faults.map(([, from, until]) => {
  let row = faultRows.findIndex((end) => end < from);
  if (row < 0) row = faultRows.length < 6 ? faultRows.length : 5;
  faultRows[row] = Math.max(until ?? Infinity, from + 1);
  return row;
});
const DASHES = [[], [], [7, 3], [2, 2], [9, 2, 2, 2], [4, 2], [], [1, 3]];
const kindOn = kinds.map(() => true), otherOn = OTHERS.map(() => true), laneOn = lanes.map(() => true);
let onlyPast = false, byTime = false, cursor = -1, found = [], foundWords = "";
let shown = [], rank = new Int32Array(steps + 1);
const isShown = (step) => {
  const i = heads[step], track = events.track[i], lane = events.lane[i];
  if (onlyPast && !isPast[step]) return false;
  if (lane >= 0 && !laneOn[lane]) return false;
  if (track <= NOBODY) return events.kind[i] < 0 || kindOn[events.kind[i]] || track <= LOST;
  return otherOn[OTHERS.findIndex(([, tracks]) => tracks.includes(track))];
};
/* Positions: the how-manieth of what is shown, or the time. */
const position = (step) => (byTime ? timeOf(Math.min(step, steps - 1)) : rank[step]);
const positionOfTime = (time) => {
  if (byTime) return time;
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(shown[middle]) < time) low = middle + 1; else high = middle;
  }
  return low;
};
let live = [], crossing = [], extent = [0, 1], view = [0, 1];
const BUCKETS = 1024;
const bucketOf = (x) => Math.max(0, Math.min(BUCKETS - 1, Math.floor((x - extent[0]) / (extent[1] - extent[0]) * BUCKETS)));
function arrange() {
  shown = [];
  for (let step = 0; step < steps; step++) {
    rank[step] = shown.length;
    if (isShown(step)) shown.push(step);
  }
  rank[steps] = shown.length;
  const last = steps > 0 ? at[heads[steps - 1]] : 1;
  extent = byTime ? [timeOf(0), Math.max(last, timeOf(0) + 1)] : [0, Math.max(shown.length - 1, 1)];
  live = [];
  crossing = Array.from({ length: BUCKETS }, () => []);
  for (const arrow of arrows) {
    const kind = events.kind[arrow.from], here = events.lane[arrow.from], there = events.other[arrow.from];
    if (kind >= 0 && !kindOn[kind] || !laneOn[here] || !laneOn[there]) continue;
    const begin = stepOf[arrow.from], end = arrow.to >= 0 ? stepOf[arrow.to] : begin;
    if (onlyPast && !(isPast[begin] && (arrow.to < 0 ? events.track[arrow.from] === LOST : isPast[end]))) continue;
    arrow.x = position(begin);
    arrow.end = arrow.to >= 0 ? position(end) : arrow.x;
    live.push(arrow);
    for (let bucket = bucketOf(arrow.x) + 1; bucket <= bucketOf(arrow.end); bucket++) crossing[bucket].push(arrow);
  }
  live.sort((a, b) => a.x - b.x);
}
const firstLive = (x) => {
  let low = 0, high = live.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (live[middle].x < x) low = middle + 1; else high = middle;
  }
  return low;
};
