// The diagram, and the whole run above it.

const diagram = $("diagram"), overview = $("overview"), space = $("space");
let width = 0, height = 0, colours = {}, drawn = [], named = [], fills = {};
const LEFT = 62, TOP = 10 + 14 * Math.max(1, faultRows.length), BOTTOM = 22, RIGHT = 14;
function readColours() {
  const style = getComputedStyle(document.documentElement);
  colours = new Proxy({}, { get: (known, name) => known[name] ??= style.getPropertyValue(`--${name}`).trim() });
  fills = {};
}
/* What a lane does is told by its pattern, too. */
function pattern(name, colour, draw) {
  if (fills[name]) return fills[name];
  const tile = new OffscreenCanvas(8, 8), pen = tile.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = pen.fillStyle = colours.faint;
  draw(pen);
  return fills[name] = diagram.getContext("2d").createPattern(tile, "repeat");
}
const line = (pen, x1, y1, x2, y2) => { pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke(); };
function toneFill(tone) {
  if (tone === 1) return colours.leads;
  if (tone === 2) return pattern("changes", colours.changes, (pen) => { pen.globalAlpha = 0.5; line(pen, -1, 9, 9, -1); });
  if (tone === 3) return pattern("recovers", colours.recovers, (pen) => { pen.globalAlpha = 0.6; pen.fillRect(1, 1, 2, 2); pen.fillRect(5, 5, 2, 2); });
  if (tone === 4) return colours.apart;
  return colours.works;
}
const shownLanes = () => lanes.map((_, lane) => lane).filter((lane) => laneOn[lane]);
const toX = (x) => LEFT + (x - view[0]) / (view[1] - view[0]) * (width - LEFT - RIGHT);
const fromX = (px) => view[0] + (px - LEFT) / (width - LEFT - RIGHT) * (view[1] - view[0]);
let yOf = [];

function size(canvas, w, h) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(w * ratio));
  canvas.height = Math.max(1, Math.round(h * ratio));
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
let isAsked = false;
function redraw() {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => { isAsked = false; draw(); });
}

function draw() {
  const visible = shownLanes();
  const clients = visible.filter((lane) => lanes[lane][1]).length;
  width = space.clientWidth;
  const room = Math.max(240, Math.min(window.innerHeight - 250, 900)) - TOP - BOTTOM;
  const unit = Math.max(26, Math.min(84, room / Math.max(1, visible.length - clients * 0.45)));
  yOf = lanes.map(() => NaN);
  let y = TOP;
  for (const lane of visible) {
    const tall = lanes[lane][1] ? unit * 0.55 : unit;
    yOf[lane] = y + tall / 2;
    y += tall;
  }
  height = y + BOTTOM;
  diagram.style.height = `${height}px`;
  const pen = size(diagram, width, height);
  pen.font = colours.text;
  pen.textBaseline = "middle";
  drawn = [];
  named = [];
  drawAxis(pen);
  drawFaults(pen);
  const inView = arrowsInView(), isDense = inView.length > DENSE;
  const clip = () => {
    pen.save();
    pen.beginPath();
    pen.rect(LEFT - 4, 0, width - LEFT + 4, height);
    pen.clip();
  };
  // Of very many, who does what says more than who tells whom.
  if (isDense) {
    clip();
    drawArrows(pen, inView);
    pen.restore();
  }
  drawLanes(pen, visible);
  clip();
  drawAsked(pen);
  if (!isDense) drawArrows(pen, inView);
  drawHeads(pen);
  drawCursor(pen);
  pen.restore();
  drawOverview();
}

function drawAxis(pen) {
  pen.fillStyle = colours.faint;
  pen.strokeStyle = colours.rule;
  pen.textAlign = "center";
  const every = 110, marks = Math.max(1, Math.floor((width - LEFT) / every));
  if (byTime) {
    const span = (view[1] - view[0]) / marks;
    const power = 10 ** Math.floor(Math.log10(span));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= span);
    for (let x = Math.ceil(view[0] / step) * step; x <= view[1]; x += step) axisMark(pen, toX(x), seconds(x));
    return;
  }
  const step = Math.max(1, Math.ceil((view[1] - view[0]) / marks));
  for (let x = Math.max(0, Math.ceil(view[0] / step) * step); x <= view[1] && x < shown.length; x += step) {
    axisMark(pen, toX(x), seconds(timeOf(shown[x])));
  }
}
function axisMark(pen, x, text) {
  line(pen, x, TOP - 4, x, height - BOTTOM);
  pen.fillText(text, Math.min(Math.max(x, LEFT + 30), width - 36), height - BOTTOM / 2);
}

function drawFaults(pen) {
  pen.textAlign = "left";
  const written = [];
  data.faults.forEach(([text, from, until], index) => {
    const begin = toX(positionOfTime(from)), end = until === null ? width : toX(positionOfTime(until));
    if (end < LEFT || begin > width) return;
    const x = Math.max(begin, LEFT), wide = Math.max(end - x, 2), y = 4 + 14 * rowOf[index];
    pen.fillStyle = colours.fault;
    pen.fillRect(x, y, wide, height - y - BOTTOM);
    pen.fillStyle = colours["bad-edge"];
    pen.fillRect(x, y, wide, 2);
    const label = shorten(pen, `⚡ ${text}`, wide);
    if (label && x >= (written[rowOf[index]] ?? 0)) {
      pen.fillText(label, x + 2, y + 8);
      written[rowOf[index]] = x + pen.measureText(label).width + 6;
    }
    drawn.push({ x: x - 2, y, w: Math.max(wide, 10), h: 14, text: `${text}, from ${seconds(from)} ${until === null ? "on" : `to ${seconds(until)}`}`, step: firstAt(from) });
  });
}
const firstAt = (time) => {
  let low = 0, high = steps;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(middle) < time) low = middle + 1; else high = middle;
  }
  return Math.min(low, steps - 1);
};
function shorten(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  const letter = pen.measureText("m").width || 7;
  const fits = Math.floor(room / letter) - 1;
  return fits > 2 ? `${text.slice(0, fits)}…` : "";
}

function drawLanes(pen, visible) {
  for (const lane of visible) {
    const y = yOf[lane];
    pen.fillStyle = colours.ink;
    pen.textAlign = "right";
    pen.font = `bold ${colours.text}`;
    pen.fillText(laneName(lane), LEFT - 12, y);
    pen.font = colours.text;
    pen.textAlign = "left";
    pen.strokeStyle = colours.edge;
    line(pen, LEFT, y, width - RIGHT, y);
    if (lanes[lane][1] && states[lane].length === 0) { drawModes(pen, lane, y, 4); continue; }
    const known = states[lane], thick = 13;
    for (let index = Math.max(0, stateBefore(lane, view[0])); index < known.length; index++) {
      const from = Math.max(LEFT, toX(position(known[index].step)));
      if (from > width) break;
      // What does not differ for the eye is drawn in one piece.
      let after = index + 1;
      while (after < known.length && known[after].tone === known[index].tone && known[after].label === known[index].label) after++;
      const to = after < known.length ? Math.min(width - RIGHT, toX(position(known[after].step))) : width - RIGHT;
      if (to > LEFT) {
        pen.fillStyle = toneFill(known[index].tone);
        pen.fillRect(from, y - thick / 2, Math.max(1, to - from), thick);
        if (known[index].tone === 4) { pen.strokeStyle = colours.edge; pen.strokeRect(from, y - thick / 2, to - from, thick); }
        const label = shorten(pen, known[index].label, to - from - 6);
        pen.fillStyle = known[index].tone === 1 ? colours["leads-ink"] : colours.ink;
        if (label) pen.fillText(label, from + 4, y + 0.5);
      }
      index = after - 1;
    }
    pen.strokeStyle = colours.ink;
    let done = -1, lastTick = -9;
    for (let index = Math.max(0, stateBefore(lane, view[0])); index < known.length; index++) {
      const x = toX(position(known[index].step));
      if (x > width) break;
      if (known[index].done > done && done >= 0 && x >= LEFT && x - lastTick > 1) {
        line(pen, x, y - thick / 2 - 4, x, y - thick / 2);
        lastTick = x;
      }
      done = known[index].done;
    }
    drawModes(pen, lane, y, thick);
  }
}
function stateBefore(lane, x) {
  const known = states[lane];
  let low = 0, high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(known[middle].step) <= x) low = middle + 1; else high = middle;
  }
  return low - 1;
}
function drawModes(pen, lane, y, thick) {
  modes[lane].forEach(({ step, mode }, index) => {
    if (mode === "up") return;
    const next = modes[lane][index + 1];
    const from = Math.max(LEFT, toX(position(step))), to = next ? toX(position(next.step)) : width - RIGHT;
    if (to < LEFT || from > width) return;
    const wide = Math.max(2, Math.min(to, width - RIGHT) - from);
    pen.fillStyle = colours.page;
    pen.fillRect(from, y - thick / 2 - 1, wide, thick + 2);
    pen.fillStyle = mode === "down"
      ? pattern("down", colours.page, (tile) => { tile.globalAlpha = 0.8; line(tile, -1, -1, 9, 9); line(tile, -1, 9, 9, -1); })
      : pattern("paused", colours.down, (tile) => { tile.fillRect(0, 0, 2, 8); });
    pen.fillRect(from, y - thick / 2, wide, thick);
    // What it was when it went on is told again.
    const known = next && states[lane][stateAt(lane, next.step)];
    const after = modes[lane][index + 2], changed = next && states[lane][stateAt(lane, next.step) + 1];
    const until = Math.min(...[after, changed].map((other) => (other ? toX(position(other.step)) : width - RIGHT)));
    if (known && to >= LEFT) {
      const label = shorten(pen, known.label, until - to - 10);
      pen.fillStyle = known.tone === 1 ? colours["leads-ink"] : colours.ink;
      if (label) pen.fillText(label, to + 6, y + 0.5);
    }
    const text = shorten(pen, mode, wide - 8);
    if (text) {
      const room = pen.measureText(text).width;
      pen.fillStyle = colours.page;
      pen.fillRect(from + 4, y - 7, room + 6, 14);
      pen.fillStyle = colours.ink;
      pen.fillText(text, from + 7, y + 0.5);
    }
  });
}

function drawAsked(pen) {
  pen.textAlign = "left";
  for (const [lane, invoked, returned, text, matters] of data.asked) {
    if (lane === null || !laneOn[lane]) continue;
    const from = toX(positionOfTime(invoked)), to = returned === null ? width + 20 : toX(positionOfTime(returned));
    if (to < LEFT || from > width) continue;
    const x = Math.max(from, LEFT - 3), wide = Math.max(3, to - x), y = yOf[lane];
    pen.beginPath();
    pen.roundRect(x, y - 8, wide, 16, 4);
    pen.fillStyle = matters ? colours.bad : colours.asked;
    pen.fill();
    pen.strokeStyle = matters ? colours["bad-edge"] : colours.edge;
    pen.lineWidth = matters ? 2 : 1;
    pen.setLineDash(returned === null ? [4, 3] : []);
    pen.stroke();
    pen.setLineDash([]);
    pen.lineWidth = 1;
    const label = shorten(pen, (matters ? "✗ " : "") + text, wide - 8);
    pen.fillStyle = colours.ink;
    if (label) pen.fillText(label, x + 4, y + 0.5);
    drawn.push({ x, y: y - 8, w: Math.min(wide, width), h: 16, text: `${laneName(lane)}: ${text}, asked at ${seconds(invoked)}, ${returned === null ? "never answered" : `answered at ${seconds(returned)}`}`, step: firstAt(returned ?? invoked) });
  }
}

const DENSE = 3000;
function arrowsInView() {
  const inView = crossing[bucketOf(view[0])].filter((arrow) => arrow.x < view[0]);
  for (let index = firstLive(view[0]); index < live.length && live[index].x <= view[1]; index++) inView.push(live[index]);
  return inView;
}
function drawArrows(pen, inView) {
  const seen = new Set(), isDense = inView.length > DENSE;
  const mine = cursor >= 0 ? (arrow) => stepOf[arrow.from] === cursor || arrow.to >= 0 && stepOf[arrow.to] === cursor : () => false;
  const front = [];
  for (const arrow of inView) if (mine(arrow)) front.push(arrow);
  for (const arrow of inView) {
    if (mine(arrow)) continue;
    if (isDense) {
      // One line for all that would cover each other.
      const key = `${Math.round(toX(arrow.x) / 2)} ${Math.round(toX(arrow.end) / 2)} ${events.lane[arrow.from]} ${events.other[arrow.from]}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    drawArrow(pen, arrow, false, inView.length);
  }
  for (const arrow of front) drawArrow(pen, arrow, true, inView.length);
}
function drawArrow(pen, arrow, isMine, among) {
  const i = arrow.from, here = events.lane[i], there = events.other[i], track = events.track[i];
  const family = lookOf(events.kind[i]);
  const isFaint = blame && !isMine && !(isPast[stepOf[i]] && (arrow.to < 0 || isPast[stepOf[arrow.to]]));
  const x1 = toX(arrow.x), y1 = yOf[here] + (yOf[there] > yOf[here] ? 7 : -7);
  let x2 = toX(arrow.end), y2 = yOf[there] + (yOf[there] > yOf[here] ? -7 : 7);
  const isLost = track === LOST, isOpen = arrow.to < 0 && !isLost;
  if (arrow.to < 0) {
    x2 = x1 + Math.max(10, Math.min(60, (width - LEFT) / Math.max(8, (view[1] - view[0]) || 8)));
    y2 = y1 + (y2 - y1) * (isLost ? 0.5 : 0.8);
  }
  pen.globalAlpha = among > DENSE && !isMine ? 0.12 : isFaint ? 0.22 : 1;
  pen.strokeStyle = pen.fillStyle = colours[`family-${family}`];
  pen.lineWidth = isMine ? 2.6 : among > 1500 ? 0.6 : 1.2;
  pen.setLineDash(arrow.again || isOpen ? [3, 4] : track === ASTRAY ? [1, 3] : among > 800 ? [] : DASHES[family]);
  line(pen, x1, y1, x2, y2);
  pen.setLineDash([]);
  const length = Math.hypot(x2 - x1, y2 - y1), dx = (x2 - x1) / (length || 1), dy = (y2 - y1) / (length || 1);
  if (isLost) {
    pen.strokeStyle = colours["bad-edge"];
    pen.lineWidth = 2;
    line(pen, x2 - 4, y2 - 4, x2 + 4, y2 + 4);
    line(pen, x2 - 4, y2 + 4, x2 + 4, y2 - 4);
  } else if (among < 1500 && arrow.to >= 0) {
    if (events.track[arrow.to] === NOBODY) {
      pen.beginPath();
      pen.arc(x2, y2, 3.5, 0, 7);
      pen.stroke();
    } else {
      pen.beginPath();
      pen.moveTo(x2, y2);
      pen.lineTo(x2 - 8 * dx + 3.2 * dy, y2 - 8 * dy - 3.2 * dx);
      pen.lineTo(x2 - 8 * dx - 3.2 * dy, y2 - 8 * dy + 3.2 * dx);
      pen.fill();
    }
  }
  if (isMine || among < 120 && !isFaint) label(pen, arrow, [x1, y1, x2, y2], isMine);
  pen.globalAlpha = 1;
  if (among < 4000) drawn.push({ line: [x1, y1, x2, y2], text: arrowText(arrow), step: arrow.to >= 0 ? stepOf[arrow.to] : stepOf[i] });
}
/* A name stands where no other does, or nowhere. */
function label(pen, arrow, [x1, y1, x2, y2], isMine) {
  const text = kindName(arrow.from);
  pen.font = isMine ? `bold ${colours.text}` : colours.text;
  const room = pen.measureText(text).width;
  const place = (part) => [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part];
  const isFree = ([x, y]) => !named.some((other) => Math.abs(other.x - x) < (other.room + room) / 2 + 3 && Math.abs(other.y - y) < 13)
    && lanes.every((_, lane) => !(Math.abs(yOf[lane] - y) < 15));
  const free = [0.5, 0.38, 0.62, 0.28, 0.72].map(place).find(isFree);
  if (!free && !isMine) { pen.font = colours.text; return; }
  const [x, y] = free || place(0.5);
  named.push({ x, y, room });
  pen.save();
  pen.globalAlpha = isMine ? 0.95 : 0.8;
  pen.fillStyle = colours.page;
  pen.fillRect(x - room / 2 - 2, y - 7, room + 4, 13);
  pen.restore();
  pen.textAlign = "center";
  pen.fillStyle = colours[`family-${lookOf(events.kind[arrow.from])}`];
  pen.fillText(text, x, y);
  pen.textAlign = "left";
  pen.font = colours.text;
}
function arrowText(arrow) {
  const i = arrow.from, fate = arrow.to < 0 ? (events.track[i] === LOST ? "lost" : "under way")
    : events.track[arrow.to] === NOBODY ? `${seconds(at[arrow.to])}, nobody there` : seconds(at[arrow.to]);
  const how = arrow.again ? ", for the second time" : events.track[i] === ASTRAY ? ", astray" : "";
  return `${laneName(events.lane[i])} → ${laneName(events.other[i])}  ${textOf(i)}   ${seconds(at[i])} → ${fate}${how}`;
}

const SIGNS = { [TIMER]: "◷", [DURABLE]: "▪", [FAILED]: "✖", [SAID]: "❝", [STARTED]: "▶", [CRASHED]: "✖", [PAUSED]: "‖", [RESUMED]: "▶", [JUMPED]: "⏩" };
function drawHeads(pen) {
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(shown[middle]) < view[0]) low = middle + 1; else high = middle;
  }
  let until = low;
  while (until < shown.length && position(shown[until]) <= view[1]) until++;
  const many = until - low;
  pen.textAlign = "center";
  for (let index = low; index < until; index++) {
    const step = shown[index], i = heads[step], lane = events.lane[i];
    const x = toX(position(step));
    const isHit = found.length > 0 && foundSet.has(step);
    if (isHit) { pen.fillStyle = colours["mark-edge"]; pen.fillRect(x - 1, TOP, 2, height - TOP - BOTTOM); }
    if (lane < 0) continue;
    const y = yOf[lane];
    if (many > 1200 && !isHit) continue;
    pen.globalAlpha = blame && !isPast[step] ? 0.35 : 1;
    const sign = SIGNS[events.track[i]];
    if (sign && many < 400) {
      pen.fillStyle = events.track[i] === CRASHED || events.track[i] === FAILED ? colours["bad-edge"] : colours.ink;
      pen.fillText(sign, x, y + 14);
    } else if (!sign) {
      pen.fillStyle = events.track[i] === NOBODY ? colours.faint : colours.ink;
      pen.beginPath();
      pen.arc(x, y, many > 300 ? 1.2 : 2.2, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
    if (many < 1200) drawn.push({ x: x - 5, y: y - 8, w: 10, h: 26, text: words(step), step });
  }
  if (blamed >= 0 && rank[blamed] < shown.length) {
    const lane = events.lane[heads[blamed]], x = toX(position(blamed)), y = yOf[lane] || TOP + 10;
    pen.strokeStyle = colours["bad-edge"];
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(x, y, 10, 0, 7);
    pen.stroke();
    pen.lineWidth = 1;
    pen.font = `bold 15px ${colours.text.split(" ").slice(1).join(" ")}`;
    pen.fillStyle = colours["bad-edge"];
    pen.fillText("✗", x, y - 19);
    pen.font = colours.text;
  }
  pen.textAlign = "left";
}
function drawCursor(pen) {
  if (cursor < 0) return;
  const x = toX(position(cursor)), lane = events.lane[heads[cursor]];
  pen.strokeStyle = colours.focus;
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 3]);
  line(pen, x, TOP - 4, x, height - BOTTOM + 2);
  pen.setLineDash([]);
  if (lane >= 0) {
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(x, yOf[lane], 6, 0, 7);
    pen.stroke();
  }
  pen.lineWidth = 1;
}
function drawOverview() {
  const wide = overview.clientWidth, tall = 28, pen = size(overview, wide, tall);
  const scale = (x) => (x - extent[0]) / (extent[1] - extent[0]) * wide;
  const bins = new Float64Array(Math.max(1, Math.floor(wide / 2)));
  for (const step of shown) bins[Math.min(bins.length - 1, Math.floor(scale(position(step)) / 2))]++;
  const most = Math.max(...bins, 1);
  pen.fillStyle = colours.edge;
  bins.forEach((many, bin) => {
    const tallness = many / most * (tall - 10);
    if (many) pen.fillRect(bin * 2, tall - Math.max(1, tallness), 2, Math.max(1, tallness));
  });
  pen.fillStyle = colours["bad-edge"];
  for (const [, from, until] of data.faults) {
    const x = scale(positionOfTime(from)), end = until === null ? wide : scale(positionOfTime(until));
    pen.fillRect(x, 1, Math.max(2, end - x), 3);
  }
  if (blamed >= 0) {
    pen.font = "bold 13px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("✗", Math.min(wide - 7, Math.max(7, scale(position(blamed)))), 14);
  }
  pen.strokeStyle = colours.focus;
  pen.lineWidth = 2;
  pen.strokeRect(Math.max(1, scale(view[0])), 1, Math.max(3, Math.min(wide, scale(view[1])) - Math.max(0, scale(view[0])) - 2), tall - 2);
}
