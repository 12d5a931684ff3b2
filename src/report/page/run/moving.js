// Moving about: from event to event, closer and further, to what was found.

function select(step, center) {
  if (steps === 0) return;
  cursor = Math.max(0, Math.min(steps - 1, step));
  const x = position(cursor), span = view[1] - view[0];
  if (center || x < view[0] + span * 0.04 || x > view[1] - span * 0.04) {
    if (x < view[0] || x > view[1] || center && span > 0) show(x - span / 2, x + span / 2);
    else show(...(x < view[0] + span / 2 ? [x - span * 0.3, x + span * 0.7] : [x - span * 0.7, x + span * 0.3]));
  }
  tellEvent();
  tellStates();
  tellAround();
  history.replaceState(null, "", `#${number[heads[cursor]]}`);
  redraw();
}
function show(from, to) {
  const least = byTime ? 1e3 : 8, most = (extent[1] - extent[0]) * 1.1 + (byTime ? 1 : 4);
  let span = Math.max(least, Math.min(most, to - from));
  const pad = span * 0.06;
  let begin = (from + to - span) / 2;
  begin = Math.max(extent[0] - pad, Math.min(begin, extent[1] + pad - span));
  if (span >= extent[1] - extent[0]) begin = extent[0] - (span - (extent[1] - extent[0])) * 0.3;
  view = [begin, begin + span];
  redraw();
}
function zoom(factor, around) {
  const center = around ?? (cursor >= 0 && position(cursor) >= view[0] && position(cursor) <= view[1] ? position(cursor) : (view[0] + view[1]) / 2);
  show(center - (center - view[0]) * factor, center + (view[1] - center) * factor);
}
function stepBy(direction, lane) {
  let place = rank[Math.max(0, cursor)];
  if (cursor < 0) { select(shown[0] ?? 0); return; }
  if (direction > 0 && shown[place] === cursor) place++;
  else if (direction < 0) place--;
  while (place >= 0 && place < shown.length) {
    const step = shown[place];
    if (lane === undefined || events.lane[heads[step]] === lane) { select(step); return; }
    place += direction;
  }
}
function rearrange() {
  const middle = cursor >= 0 ? cursor : 0, part = (view[1] - view[0]) / (extent[1] - extent[0]);
  const count = shown.length;
  arrange();
  const span = byTime ? (extent[1] - extent[0]) * Math.min(1, part) : Math.min(extent[1] - extent[0], Math.max(8, count ? view[1] - view[0] : 60));
  show(position(middle) - span / 2, position(middle) + span / 2);
  if (cursor >= 0) { tellAround(); }
  redraw();
}
function toggleAxis() {
  byTime = !byTime;
  $("axis").setAttribute("aria-pressed", byTime);
  // The same stretch, as far as there is one.
  const first = shown[Math.max(0, Math.floor(byTime ? view[0] : positionOfTimeIn(view[0])))] ?? 0;
  const last = shown[Math.min(shown.length - 1, Math.ceil(byTime ? view[1] : positionOfTimeIn(view[1])))] ?? steps - 1;
  arrange();
  show(position(first), position(last));
  redraw();
}
const positionOfTimeIn = (time) => rank[firstAt(time)];
function togglePast() {
  onlyPast = !onlyPast;
  $("past").setAttribute("aria-pressed", onlyPast);
  const before = view[1] - view[0];
  arrange();
  const center = cursor >= 0 ? position(cursor) : extent[1];
  if (onlyPast) show(...(shown.length < 120 ? extent : [center - 50, center + 10]));
  else show(center - before / 2, center + before / 2);
  if (cursor >= 0) tellAround();
}
const goToBlame = () => { if (blamed >= 0) { select(blamed, true); } };

let foundSet = new Set();
function search(textNow) {
  foundWords = textNow.trim().toLowerCase();
  found = [];
  if (foundWords) {
    for (let step = 0; step < steps; step++) {
      let is = words(step).toLowerCase().includes(foundWords) || seconds(timeOf(step)).startsWith(foundWords) || String(number[heads[step]]) === foundWords.replace("#", "");
      for (let i = heads[step]; !is && i < endOf(step); i++) is = textOf(i).toLowerCase().includes(foundWords);
      if (is) found.push(step);
    }
  }
  foundSet = new Set(found);
  $("found").textContent = foundWords ? `${found.length} found` : "";
  redraw();
}
function nextFound(direction) {
  if (found.length === 0) return;
  const after = direction > 0 ? found.find((step) => step > cursor) ?? found[0] : [...found].reverse().find((step) => step < cursor) ?? found[found.length - 1];
  select(after, true);
  $("found").textContent = `${found.indexOf(after) + 1} of ${found.length} found`;
}
