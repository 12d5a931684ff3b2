// Pointer and keys; and where it begins.

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
