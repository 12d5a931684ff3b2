// What one can choose, what the colours mean, and the tables.

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
