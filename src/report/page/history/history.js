"use strict";
// Draws the operations: a lane for each client, time to the right. Text is only ever set as text.

const data = JSON.parse(document.getElementById("data").textContent);
const space = document.getElementById("space");
const scroll = document.getElementById("scroll");
const status = document.getElementById("status");

const TOP = 34; // the line of times
const ROW = 50; // a row of bars
const BAR = 26; // a bar
const PAD = 9; // around the text of a bar
const STEP = 22; // between two times, at least

let zoom = 1;
let onlyWhatMatters = false;
let drawn = null; // the layout that is on the screen
let current = null; // the bar that has the focus

const measure = (() => {
  const pen = document.createElement("canvas").getContext("2d");
  const font = getComputedStyle(space).fontFamily || "monospace";
  return (text, size = 13, weight = 400) => {
    pen.font = `${weight} ${size}px ${font}`;
    return pen.measureText(text).width;
  };
})();

function element(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function shorten(text, width, weight) {
  if (measure(text, 13, weight) <= width) {
    return text;
  }
  let end = Math.floor(text.length * width / Math.max(1, measure(text, 13, weight)));
  while (end > 0 && measure(text.slice(0, end) + "…", 13, weight) > width) {
    end -= 1;
  }
  return end > 0 ? text.slice(0, end) + "…" : "";
}

// Of the pill around a number.
const widthOf = (number) => Math.max(18, measure(String(number), 11, 700) + 10);

const weightOf = (bar) => (bar.role === "plain" ? 400 : 700);

// Where times, lanes and bars are. Distances say nothing but what came first: each bar is as wide
// as its text.
function layOut() {
  const bars = data.bars.filter((bar) => !onlyWhatMatters || bar.role !== "plain");
  const ranks = new Set();
  for (const bar of bars) {
    ranks.add(bar.from);
    if (bar.to !== null) {
      ranks.add(bar.to);
    }
  }
  const used = [...ranks].sort((one, other) => one - other);
  const ending = new Map();
  for (const bar of bars) {
    if (bar.to !== null) {
      ending.set(bar.to, [...(ending.get(bar.to) || []), bar]);
    }
  }
  const gaps = onlyWhatMatters ? [] : data.gaps;
  const lanes = laneNames(bars);
  const labels = Math.max(...lanes.map((name) => measure(name, 13, 600)), 40);
  const left = Math.min(labels, innerWidth * 0.3) + 24;
  const places = new Map();
  let at = left + 26;
  let before = -1;
  for (const rank of used) {
    const gap = gaps.find(([after]) => after > before && after <= rank);
    if (before >= 0 || gap) {
      at += (gap ? 70 : STEP) * zoom;
    }
    for (const bar of ending.get(rank) || []) {
      const width = Math.min(measure(bar.text, 13, weightOf(bar)), 340) + 2 * PAD;
      at = Math.max(at, places.get(bar.from) + width * zoom);
    }
    places.set(rank, at);
    before = rank;
  }
  let right = at + 30;
  for (const bar of bars) {
    if (bar.to === null) {
      const width = Math.min(measure(bar.text, 13, weightOf(bar)), 340) + 2 * PAD;
      right = Math.max(right, places.get(bar.from) + width * zoom + 40);
    }
  }
  if (gaps.some(([after]) => after > before)) {
    right += 60;
  }
  const rows = putInRows(bars, lanes, places, right);
  const count = rows.reduce((sum, lane) => sum + lane.count, 0);
  const height = TOP + count * ROW + 20;
  return { bars, used, gaps, left, places, right, rows, height, breaks: [] };
}

function laneNames(bars) {
  const names = [];
  for (const bar of bars) {
    if (!names.includes(bar.client)) {
      names.push(bar.client);
    }
  }
  const collator = new Intl.Collator("en", { numeric: true });
  return names.sort(collator.compare);
}

// Bars of one lane that overlap get rows of their own.
function putInRows(bars, lanes, places, right) {
  let first = 0;
  return lanes.map((name) => {
    const ends = [];
    for (const bar of bars.filter((bar) => bar.client === name)) {
      bar.x = places.get(bar.from);
      bar.end = bar.to === null ? right : places.get(bar.to);
      // An operation that takes no time is still to be seen.
      bar.end = Math.max(bar.end, bar.x + 8);
      let row = ends.findIndex((end) => end <= bar.x);
      row = row < 0 ? ends.length : row;
      ends[row] = bar.end;
      bar.y = TOP + (first + row) * ROW + 9;
    }
    const lane = { name, first, count: ends.length };
    first += ends.length;
    return lane;
  });
}

// When each operation of the order may have happened: between those before and after it.
function putPoints(bars) {
  const order = bars.filter((bar) => bar.number !== null);
  order.sort((one, other) => one.number - other.number);
  let latest = Infinity;
  for (const bar of [...order].reverse()) {
    latest = Math.min(latest, bar.to === null ? Infinity : bar.end);
    bar.latest = latest;
  }
  let at = 0;
  order.forEach((bar, index) => {
    const earliest = Math.max(at, bar.x + 2);
    const end = bar.latest === Infinity ? earliest + 60 : bar.latest - 2;
    // Room for those that must come by the same time.
    let sharing = 1;
    while (index + sharing < order.length && order[index + sharing].latest === bar.latest) {
      sharing += 1;
    }
    at = Math.min(earliest + Math.max(0, end - earliest) / (sharing + 1), bar.end);
    bar.point = at;
  });
  return order;
}

function draw() {
  const layout = layOut();
  const width = Math.max(layout.right, scroll.clientWidth);
  drawn = layout;
  const order = putPoints(layout.bars);
  const wrong = layout.bars.find((bar) => bar.role === "impossible");
  space.replaceChildren();
  space.setAttribute("width", width);
  space.setAttribute("height", layout.height);
  drawLanes(layout, width);
  if (wrong) {
    drawBand(wrong, layout);
  }
  drawGaps(layout);
  space.append(element("g", { class: "paths" }));
  for (const bar of layout.bars) {
    space.append(drawBar(bar, layout));
  }
  drawOrder(order, wrong);
  // Nearer together they would hide each other.
  if (wrong && zoom > 0.7) {
    drawRelations(layout.bars, wrong);
  }
  drawTimes(layout, wrong, width);
  drawHeads(layout);
  keepInPlace();
  const start = layout.bars.includes(current) ? current : wrongOne();
  start.group.setAttribute("tabindex", 0);
}

function drawLanes(layout, width) {
  layout.rows.forEach((lane, index) => {
    space.append(element("rect", {
      class: index % 2 ? "lane odd" : "lane",
      x: 0, y: TOP + lane.first * ROW, width, height: lane.count * ROW,
    }));
  });
}

function drawBand(wrong, layout) {
  const end = wrong.to === null ? layout.right : wrong.end;
  const height = layout.height - TOP;
  space.append(element("rect", { class: "band", x: wrong.x, y: TOP, width: end - wrong.x, height }));
  for (const x of wrong.to === null ? [wrong.x] : [wrong.x, end]) {
    space.append(element("line", {
      class: "band-edge", x1: x, x2: x, y1: TOP, y2: layout.height,
    }));
  }
  space.append(element(
    "text", { class: "relation wrong", x: wrong.x + 6, y: layout.height - 6 }, "✗ must fit in here",
  ));
}

// Where operations were left out.
function drawGaps(layout) {
  for (const [after, count] of layout.gaps) {
    const next = layout.used.find((rank) => rank >= after);
    const x = next === undefined ? layout.right - 40 : layout.places.get(next) - 35 * zoom;
    space.append(element("line", { class: "gap", x1: x, x2: x, y1: TOP, y2: layout.height }));
    layout.breaks.push([x, count]);
  }
}

function drawBar(bar, layout) {
  const group = element("g", { class: `op ${bar.role}`, tabindex: -1, role: "img" });
  group.setAttribute("aria-label", describe(bar));
  const { x, y, end } = bar;
  if (bar.to === null) {
    // Solid as far as the text goes, then dashed and open.
    const solid = Math.min(x + Math.max(20, measure(bar.text, 13, weightOf(bar)) * zoom + 2 * PAD), end);
    const tip = Math.min(end, layout.right) - 4;
    const middle = y + BAR / 2;
    group.append(
      element("path", { class: "body", d: ragged(x, y, solid) }),
      element("path", { class: "open", d: `M${solid + 6} ${middle}H${tip}m-6 -5l6 5l-6 5` }),
    );
  } else {
    group.append(element("rect", { class: "body", x, y, width: end - x, height: BAR, rx: 5 }));
  }
  const room = (bar.to === null ? measure(bar.text, 13, weightOf(bar)) * zoom + 2 : end - x - PAD * 1.4);
  const text = shorten(bar.text, Math.max(room, 0), weightOf(bar));
  group.append(element("text", { x: x + PAD, y: y + 17 }, text));
  if (bar.role === "impossible") {
    group.append(
      element("circle", { class: "badge", cx: x, cy: y, r: 10 }),
      element("path", {
        class: "badge-cross", d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`,
      }),
    );
  }
  group.append(
    element("rect", {
      class: "ring", x: x - 5, y: y - 5, width: Math.max(end - x, 8) + 10, height: BAR + 10, rx: 9,
    }),
    element("title", {}, describe(bar)),
  );
  group.addEventListener("focus", () => {
    current = bar;
    status.textContent = describe(bar);
  });
  group.addEventListener("pointerenter", () => {
    status.textContent = describe(bar);
  });
  group.addEventListener("pointerleave", () => {
    status.textContent = current ? describe(current) : "";
  });
  bar.group = group;
  return group;
}

// A bar whose right end is torn.
function ragged(x, y, end) {
  const tooth = BAR / 4;
  return `M${end} ${y}H${x + 5}q-5 0 -5 5V${y + BAR - 5}q0 5 5 5H${end}`
    + `l5 ${-tooth / 2}l-5 ${-tooth / 2}`.repeat(4) + "Z";
}

function describe(bar) {
  const asked = data.times[bar.from];
  const answered = bar.to === null ? "never answered" : `answered ${data.times[bar.to]}`;
  const parts = [`${bar.client}: ${bar.text}`, `asked ${asked}, ${answered}`];
  if (bar.lines.length > 0) {
    parts.push(`${bar.lines.length > 1 ? "lines" : "line"} ${bar.lines.join(" and ")}`);
  }
  if (bar.role === "impossible") {
    parts.push("✗ fits nowhere");
  } else if (bar.number !== null) {
    parts.push(`number ${bar.number} of the order that got furthest`);
  } else if (bar.role === "matters") {
    parts.push("matters");
  }
  return parts.join(" · ");
}

// The order that got furthest, from point to point, and where it could not go on.
function drawOrder(order, wrong) {
  document.querySelector(".of-order").hidden = order.length === 0;
  if (order.length === 0) {
    return;
  }
  const paths = space.querySelector(".paths");
  const height = (bar) => bar.y + BAR;
  const points = order.map((bar) => `${bar.point} ${height(bar) + 5}`);
  paths.append(element("path", { class: "path", d: `M${points.join("L")}` }));
  const last = order[order.length - 1];
  if (wrong && wrong.number === null) {
    const x = Math.min(Math.max(last.point, wrong.x), wrong.end);
    const y = last.y < wrong.y ? wrong.y : height(wrong);
    paths.append(element("path", { class: "path dead", d: `M${last.point} ${height(last) + 5}L${x} ${y}` }));
  }
  for (const bar of order) {
    const text = String(bar.number);
    const width = widthOf(bar.number);
    space.append(element(
      "g", { class: bar.role === "plain" ? "point" : "point strong" },
      element("rect", {
        x: bar.point - width / 2, y: height(bar) - 4, width, height: 18, rx: 9,
      }),
      element("text", { x: bar.point, y: height(bar) + 9, "text-anchor": "middle" }, text),
    ));
  }
}

// How each of those that matter lies to the one that fits nowhere.
function drawRelations(bars, wrong) {
  for (const bar of bars.filter((bar) => bar.role === "matters")) {
    let text = "overlaps ✗";
    if (bar.to !== null && bar.to < wrong.from) {
      text = "before ✗";
    } else if (wrong.to !== null && wrong.to < bar.from) {
      text = "after ✗";
    }
    const width = measure(text, 11, 600);
    const half = bar.number === null ? 0 : widthOf(bar.number) / 2 + 5;
    // Right of the number, if there is no room left of it.
    const isRight = bar.number !== null && bar.point - half < bar.x + 4 + width;
    const x = isRight ? bar.point + half : bar.x + 4;
    space.append(element("text", { class: "relation", x, y: bar.y + BAR + 15 }, text));
  }
}

// The times stay at the top.
function drawTimes(layout, wrong, width) {
  const group = element("g", { class: "times" });
  group.append(
    element("rect", { x: 0, y: 0, width, height: TOP }),
    element("line", { x1: 0, x2: width, y1: TOP - 0.5, y2: TOP - 0.5 }),
  );
  const write = (x, text, kind) => {
    group.append(
      element("text", { class: kind, x, y: TOP - 12, "text-anchor": "middle" }, text),
      element("line", { x1: x, x2: x, y1: TOP - 6, y2: TOP }),
    );
  };
  // The times of what fits nowhere come first, and the others where there is room.
  const taken = [];
  const room = (x, text) => {
    const half = measure(text, 11, 700) / 2 + 6;
    const isFree = taken.every(([from, to]) => x + half <= from || x - half >= to);
    if (isFree && x - half >= layout.left) {
      taken.push([x - half, x + half]);
      return true;
    }
    return false;
  };
  for (const [x, count] of layout.breaks) {
    const text = `⋯${count}⋯`;
    taken.push([x - 30, x + 30]);
    group.append(element(
      "text", { class: "gap-text", x, y: TOP - 12, "text-anchor": "middle" }, text,
      element("title", {}, `${count} operations are left out here`),
    ));
  }
  const first = wrong ? [wrong.from, ...(wrong.to === null ? [] : [wrong.to])] : [];
  for (const rank of [...first, ...layout.used]) {
    const x = layout.places.get(rank);
    const text = data.times[rank];
    if (room(x, text)) {
      write(x, text, first.includes(rank) ? "here" : "");
    }
  }
  space.append(group);
}

// The names stay at the left.
function drawHeads(layout) {
  const group = element("g", { class: "heads" });
  group.append(element("rect", { x: 0, y: 0, width: layout.left, height: layout.height }));
  layout.rows.forEach((lane, index) => {
    const y = TOP + lane.first * ROW;
    const name = element("text", { x: 12, y: y + 27 }, shorten(lane.name, layout.left - 20, 600));
    group.append(
      element("rect", {
        class: index % 2 ? "lane odd" : "lane", x: 0, y, width: layout.left, height: lane.count * ROW,
      }),
      name,
    );
  });
  group.append(element("line", {
    class: "edge", x1: layout.left, x2: layout.left, y1: 0, y2: layout.height,
  }));
  space.append(group);
}

function keepInPlace() {
  const heads = space.querySelector(".heads");
  const times = space.querySelector(".times");
  if (heads && times) {
    heads.setAttribute("transform", `translate(${scroll.scrollLeft} 0)`);
    times.setAttribute("transform", `translate(0 ${scroll.scrollTop})`);
  }
}

function show(bar, withFocus) {
  const x = (bar.x + (bar.to === null ? bar.x + 120 : bar.end)) / 2;
  const middle = drawn.left + (scroll.clientWidth - drawn.left) / 2;
  scroll.scrollLeft = x - middle;
  scroll.scrollTop = bar.y - scroll.clientHeight / 2;
  if (withFocus) {
    bar.group.focus({ preventScroll: true });
  }
}

function wrongOne() {
  return drawn.bars.find((bar) => bar.role === "impossible")
    || drawn.bars.find((bar) => bar.role === "matters") || drawn.bars[0];
}

// Draws anew, and the operation that has the focus keeps it.
function redraw() {
  const hadFocus = current && document.activeElement === current.group;
  draw();
  if (hadFocus && drawn.bars.includes(current)) {
    current.group.focus({ preventScroll: true });
  }
}

function resize(factor) {
  const bar = drawn.bars.includes(current) ? current : wrongOne();
  zoom = Math.min(4, Math.max(0.25, zoom * factor));
  redraw();
  show(bar, false);
}

function toggle() {
  onlyWhatMatters = !onlyWhatMatters;
  document.getElementById("only").setAttribute("aria-pressed", String(onlyWhatMatters));
  redraw();
  show(drawn.bars.includes(current) ? current : wrongOne(), false);
}

// The next one in a direction: in time, or in the lanes above and below.
function neighbour(key) {
  const bars = drawn.bars;
  const here = bars.indexOf(current);
  if (here < 0) {
    return wrongOne();
  }
  if (key === "ArrowLeft" || key === "ArrowRight") {
    return bars[here + (key === "ArrowRight" ? 1 : -1)];
  }
  const isThere = (bar) => (key === "ArrowDown" ? bar.y > current.y : bar.y < current.y);
  const others = bars.filter(isThere);
  const nearest = others.reduce((y, bar) => (
    Math.abs(bar.y - current.y) < Math.abs(y - current.y) ? bar.y : y
  ), Infinity);
  const distance = (bar) => Math.abs(bar.x - current.x);
  return others.filter((bar) => bar.y === nearest)
    .sort((one, other) => distance(one) - distance(other))[0];
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const actions = {
    "+": () => resize(1.25),
    "=": () => resize(1.25),
    "-": () => resize(0.8),
    "m": toggle,
    "Home": () => show(wrongOne(), true),
  };
  if (actions[event.key]) {
    actions[event.key]();
  } else if (event.key.startsWith("Arrow")) {
    // Up and down scroll the page, as ever, unless an operation has the focus.
    const isOnBar = current && document.activeElement === current.group;
    if (!isOnBar && !event.key.endsWith("Left") && !event.key.endsWith("Right")) {
      return;
    }
    const next = neighbour(event.key);
    if (next) {
      show(next, true);
    }
  } else {
    return;
  }
  event.preventDefault();
}

if (data.bars.length > 0) {
  document.getElementById("chart").hidden = false;
  draw();
  const bar = wrongOne();
  const hasWrong = bar.role === "impossible";
  document.querySelector(".of-wrong").hidden = !hasWrong;
  document.getElementById("find").hidden = !hasWrong;
  show(bar, false);
  status.textContent = describe(bar);
  scroll.addEventListener("scroll", keepInPlace, { passive: true });
  document.addEventListener("keydown", onKey);
  document.getElementById("in").addEventListener("click", () => resize(1.25));
  document.getElementById("out").addEventListener("click", () => resize(0.8));
  document.getElementById("only").addEventListener("click", toggle);
  document.getElementById("find").addEventListener("click", () => show(wrongOne(), true));
  addEventListener("resize", redraw);
}
