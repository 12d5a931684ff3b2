"use strict";
(async () => {
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

  /* What is shown. */
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

  /* Drawing. */
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

  /* Words. */
  function words(step) {
    const i = heads[step], track = events.track[i], who = laneName(events.lane[i]);
    if (track <= LOST) return `${who} sends to ${laneName(events.other[i])}: ${textOf(i)}`;
    if (track === ARRIVED) return `${who} ← ${laneName(events.other[i])}  ${textOf(i)}`;
    if (track === NOBODY) return `${who} is down: ${textOf(i)} from ${laneName(events.other[i])}`;
    if (track === TIMER) return `${who} timer ${textOf(i)}`;
    return who ? `${who} ${textOf(i)}` : `⚡ ${textOf(i)}`;
  }
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const jump = (text, step) => {
    const button = make("button", text, "link");
    button.type = "button";
    button.addEventListener("click", () => select(step, true));
    return button;
  };
  const marksOf = new Map();
  for (const [event, mark] of data.marks) marksOf.set(event, [...(marksOf.get(event) || []), mark]);
  function tellEvent() {
    const i = heads[cursor], box = make("div");
    $("event-title").textContent = `Event ${number[i]}`;
    const when = make("p", seconds(at[i]), "when mono");
    if (cursor === blamed) when.append(make("strong", "  ✗ here it was noticed"));
    box.append(when, make("p", words(cursor), "mono"));
    if (events.sent[i] > 0) {
      const sending = i - events.sent[i], line = make("p");
      line.append(jump(`sent by ${laneName(events.lane[sending])} at ${seconds(at[sending])}`, stepOf[sending]));
      box.append(line);
    }
    const reached = events.track[i] <= TIMER ? marksOf.get(number[i]) || [] : [];
    for (const mark of reached) box.append(make("p", `◆ for the first time: ${mark}`));
    const list = make("ul");
    for (let other = i; other < endOf(cursor); other++) {
      if (events.track[other] > LOST) continue;
      const item = make("li", undefined, "mono"), there = arrivals.get(other) || [];
      item.append(`→ ${laneName(events.other[other])}  ${textOf(other)}  `);
      if (events.track[other] === LOST) item.append(make("strong", "lost"));
      else if (there.length === 0) item.append("still under way in the end");
      there.forEach((to, nth) => {
        if (nth) item.append(", again ");
        item.append(jump(events.track[to] === NOBODY ? `${seconds(at[to])}, nobody there` : `arrives ${seconds(at[to])}`, stepOf[to]));
      });
      list.append(item);
    }
    if (list.children.length) box.append(list);
    $("event").replaceChildren(box);
  }
  function tellStates() {
    const body = $("states").tBodies[0];
    body.replaceChildren();
    lanes.forEach(([name], lane) => {
      if (states[lane].length === 0) return;
      const row = make("tr"), index = stateAt(lane, cursor);
      const now = states[lane][index], before = states[lane][index - 1];
      row.append(make("th", name));
      if (events.lane[heads[cursor]] === lane) row.className = "of-event";
      const mode = modeAt(lane, cursor);
      columns.forEach((_, column) => {
        if (!now || mode === "down") {
          row.append(make("td", column === 0 ? (mode === "down" ? "down" : "?") : "", "none"));
          return;
        }
        const value = texts[now.values[column]], cell = make("td");
        if (before && now.step === cursor && before.values[column] !== now.values[column]) {
          cell.className = "changed";
          cell.append(make("s", texts[before.values[column]]), ` → ${value}`);
        } else cell.textContent = value + (column === 0 && mode === "paused" ? " (paused)" : "");
        row.append(cell);
      });
      body.append(row);
    });
  }
  function tellAround() {
    const list = $("around"), place = rank[cursor], items = [];
    const from = Math.max(0, Math.min(place - 9, shown.length - 20));
    for (let index = from; index < Math.min(shown.length, from + 20); index++) {
      const step = shown[index], item = make("li", undefined, blame && isPast[step] ? "past" : "");
      if (step === cursor) item.setAttribute("aria-current", "true");
      item.append(jump(`${seconds(timeOf(step))} ${words(step)}`, step));
      items.push(item);
    }
    list.replaceChildren(...items);
  }

  /* Moving about. */
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

  /* Choices. */
  function choice(text, isOn, name, many, change) {
    const box = make("label", undefined, name), input = make("input");
    input.type = "checkbox";
    input.checked = isOn;
    input.addEventListener("change", () => change(input.checked));
    box.append(input, text);
    if (many !== undefined) box.append(make("span", many.toLocaleString("en"), "count"));
    return { box, input };
  }
  function fillChoices() {
    const manyOf = new Array(kinds.length).fill(0), manyOther = new Array(OTHERS.length).fill(0);
    for (let i = 0; i < count; i++) {
      if (events.track[i] <= LOST) { if (events.kind[i] >= 0) manyOf[events.kind[i]]++; }
      else if (events.track[i] > NOBODY) manyOther[OTHERS.findIndex(([, tracks]) => tracks.includes(events.track[i]))]++;
    }
    families.forEach((family, index) => {
      const of = kinds.map((_, kind) => kind).filter((kind) => familyOf[kind] === index);
      const inputs = [];
      if (of.length > 1) {
        const head = choice(family, true, "head", undefined, (isOn) => {
          of.forEach((kind, nth) => { kindOn[kind] = isOn; inputs[nth].checked = isOn; });
          rearrange();
        });
        $("kinds").append(head.box);
      }
      for (const kind of of) {
        const one = choice(kinds[kind][0], true, of.length > 1 ? "of" : "head", manyOf[kind], (isOn) => { kindOn[kind] = isOn; rearrange(); });
        inputs.push(one.input);
        $("kinds").append(one.box);
      }
    });
    OTHERS.forEach(([name], index) => {
      if (manyOther[index]) $("kinds").append(choice(name, true, "head", manyOther[index], (isOn) => { otherOn[index] = isOn; rearrange(); }).box);
    });
    lanes.forEach(([name], lane) => {
      $("lanes").append(choice(name, true, "", undefined, (isOn) => { laneOn[lane] = isOn; rearrange(); }).box);
    });
  }
  function fillLegend() {
    const item = (text, drawing) => {
      const box = make("li"), canvas = make("canvas");
      box.append(canvas, text);
      $("legend").append(box);
      drawing(size(canvas, 38, 14));
    };
    $("legend").replaceChildren();
    families.forEach((family, index) => item(family, (pen) => {
      pen.strokeStyle = pen.fillStyle = colours[`family-${looks[index]}`];
      pen.lineWidth = 2;
      pen.setLineDash(DASHES[looks[index]]);
      line(pen, 0, 7, 38, 7);
    }));
    if (data.states.length && columns[0] === "status") {
      [["backup", 0], ["primary", 1], ["view change", 2], ["recovering", 3], ["takes no part", 4]].forEach(([text, tone]) => item(text, (pen) => {
        pen.fillStyle = toneFill(tone);
        pen.fillRect(0, 1, 38, 12);
      }));
    }
    item("lost", (pen) => {
      pen.strokeStyle = colours.edge;
      line(pen, 0, 7, 20, 7);
      pen.strokeStyle = colours["bad-edge"];
      pen.lineWidth = 2;
      line(pen, 16, 3, 24, 11);
      line(pen, 16, 11, 24, 3);
    });
    item("the second time, or under way", (pen) => {
      pen.strokeStyle = colours.edge;
      pen.lineWidth = 2;
      pen.setLineDash([3, 4]);
      line(pen, 0, 7, 38, 7);
    });
  }
  function fillTables() {
    const most = 2000;
    data.asked.slice(0, most).forEach(([lane, invoked, returned, text, matters]) => {
      const row = make("tr", undefined, matters ? "matters" : ""), what = make("td");
      what.append(jump(text, firstAt(returned ?? invoked)));
      row.append(make("td", lane === null ? "?" : laneName(lane)), what, make("td", seconds(invoked)), make("td", returned === null ? "never" : seconds(returned)));
      $("asked").append(row);
    });
    if (data.asked.length > most) $("asked-note").textContent = `The first ${most} of ${data.asked.length}.`;
    $("asked-part").hidden = data.asked.length === 0;
    data.faults.forEach(([text, from, until]) => {
      const row = make("tr"), what = make("td");
      what.append(jump(text, firstAt(from)));
      row.append(what, make("td", seconds(from)), make("td", until === null ? "" : seconds(until)));
      $("faults").append(row);
    });
    $("faults-part").hidden = data.faults.length === 0;
    const head = make("tr");
    head.append(make("th", ""), ...columns.map((column) => make("th", column)));
    $("states").tHead.append(head);
    $("states-part").hidden = data.states.length === 0;
  }

  /* Pointer and keys. */
  function under(event) {
    const box = diagram.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let best, nearest = 7;
    for (let index = drawn.length - 1; index >= 0; index--) {
      const thing = drawn[index];
      if (thing.line) {
        const [x1, y1, x2, y2] = thing.line, dx = x2 - x1, dy = y2 - y1;
        const part = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
        const distance = Math.hypot(x - x1 - part * dx, y - y1 - part * dy);
        if (distance < nearest) { nearest = distance; best = thing; }
      } else if (x >= thing.x && x <= thing.x + thing.w && y >= thing.y && y <= thing.y + thing.h && nearest > 2) {
        nearest = 2;
        best = thing;
      }
    }
    return { thing: best, x, y };
  }
  let dragged = null;
  space.addEventListener("pointerdown", (event) => { dragged = { x: event.clientX, view: [...view], moved: false }; });
  window.addEventListener("pointerup", (event) => {
    const was = dragged;
    dragged = null;
    if (!was || was.moved || !space.contains(event.target)) return;
    const { thing, x } = under(event);
    if (thing) { select(thing.step); return; }
    if (x < LEFT || shown.length === 0) return;
    const place = byTime ? positionOfTimeIn(fromX(x)) : Math.round(fromX(x));
    select(shown[Math.max(0, Math.min(shown.length - 1, place))]);
  });
  space.addEventListener("pointermove", (event) => {
    if (dragged) {
      const by = (event.clientX - dragged.x) / (width - LEFT - RIGHT) * (dragged.view[1] - dragged.view[0]);
      if (Math.abs(event.clientX - dragged.x) > 4) dragged.moved = true;
      if (dragged.moved) show(dragged.view[0] - by, dragged.view[1] - by);
      return;
    }
    const { thing, x, y } = under(event), tip = $("tip");
    tip.hidden = !thing;
    if (thing) {
      tip.textContent = thing.text;
      tip.style.left = `${Math.min(x + 12, Math.max(0, width - tip.offsetWidth - 6))}px`;
      tip.style.top = `${y + 18 + tip.offsetHeight > height ? y - tip.offsetHeight - 8 : y + 18}px`;
    }
  });
  space.addEventListener("pointerleave", () => { $("tip").hidden = true; });
  space.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey || Math.abs(event.deltaY) > Math.abs(event.deltaX)) {
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, fromX(event.clientX - diagram.getBoundingClientRect().left));
    } else {
      const by = event.deltaX / width * (view[1] - view[0]);
      show(view[0] + by, view[1] + by);
    }
    event.preventDefault();
  }, { passive: false });
  overview.addEventListener("pointerdown", (event) => {
    const box = overview.getBoundingClientRect(), span = view[1] - view[0];
    const x = extent[0] + (event.clientX - box.left) / box.width * (extent[1] - extent[0]);
    show(x - span / 2, x + span / 2);
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input[type=search], textarea");
    if (isTyping) {
      if (event.key === "Enter") { nextFound(event.shiftKey ? -1 : 1); event.preventDefault(); }
      if (event.key === "Escape") { $("search").value = ""; search(""); space.focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const lane = event.shiftKey && cursor >= 0 ? events.lane[heads[cursor]] : undefined;
    const act = {
      ArrowRight: () => stepBy(1, lane), ArrowLeft: () => stepBy(-1, lane),
      Home: () => shown.length && select(shown[0]), End: () => shown.length && select(shown[shown.length - 1]),
      v: goToBlame, m: () => blame && togglePast(), t: toggleAxis,
      "+": () => zoom(1 / 1.5), "=": () => zoom(1 / 1.5), "-": () => zoom(1.5), "0": () => show(extent[0], extent[1] * 1.1),
      "/": () => $("search").focus(), n: () => nextFound(1), N: () => nextFound(-1),
    }[event.key];
    if (!act || event.target.matches("input, summary") && event.key.startsWith("Arrow")) return;
    act();
    event.preventDefault();
  });
  $("blame").addEventListener("click", goToBlame);
  $("past").addEventListener("click", togglePast);
  $("axis").addEventListener("click", toggleAxis);
  $("back").addEventListener("click", () => stepBy(-1));
  $("next").addEventListener("click", () => stepBy(1));
  $("in").addEventListener("click", () => zoom(1 / 1.5));
  $("out").addEventListener("click", () => zoom(1.5));
  $("fit").addEventListener("click", () => show(extent[0], extent[1] * 1.1));
  $("search").addEventListener("input", () => search($("search").value));
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const button = event.target.closest(".copy");
    if (!button) return;
    const of = button.dataset.of ? $(button.dataset.of) : button.parentElement.querySelector("code");
    copy(of.textContent).then(() => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); });
  });
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From a file, a browser may not give the clipboard away.
      const area = make("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  addEventListener("resize", redraw);
  addEventListener("hashchange", fromHash);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); fillLegend(); redraw(); });
  function fromHash() {
    const event = Number(location.hash.slice(1));
    if (!location.hash || !Number.isFinite(event)) return false;
    if (cursor >= 0 && number[heads[cursor]] === event) return true;
    select(Math.min(steps - 1, firstStepOf(event)), true);
    return true;
  }

  $("main").hidden = false;
  $("words").hidden = false;
  $("blame").hidden = $("past").hidden = !blame;
  readColours();
  fillChoices();
  fillLegend();
  fillTables();
  arrange();
  const whole = extent[1] - extent[0];
  if (whole <= 90) show(extent[0], extent[1] * 1.1);
  else if (blamed >= 0) show(rank[blamed] - 60, rank[blamed] + 10);
  else show(0, 70);
  if (!fromHash()) select(blamed >= 0 ? blamed : shown[0] ?? 0);
  document.documentElement.dataset.ready = "yes";
})();
