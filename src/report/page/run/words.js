// The event, who believes what then, and what happens around it.

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
