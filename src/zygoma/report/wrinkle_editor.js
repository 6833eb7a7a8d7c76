"use strict";
const TAP = 5;  // a pointer that moves less has not dragged [screen px]
const TWICE = 400;  // two taps within make a double one [ms]
const CLOSEST = 8;  // width of what is seen at the largest zoom [mm]
const BEND = 8, SPARSE = 10;  // what a line may stray between its handles; points farther apart are handles [screen px]
const find = id => document.getElementById(id);
const svg = find("face"), regionChoice = find("region"), list = find("list");
const data = JSON.parse(find("wrinkles").textContent);
const titles = {}, colours = {};
for (const option of regionChoice.options) {
  titles[option.value] = option.textContent;
  colours[option.value] = option.dataset.colour;
}
const outlines = [...find("regions").children];
for (const path of outlines) {
  const box = path.getBBox(), middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  path.style.stroke = colours[path.dataset.region];
  find("regions").append(shape("text", middle, titles[path.dataset.region].split(",")[0]));
}

let lines = data.wrinkles.map(row => ({ id: row.id, region: row.region, points: row.points_mm }));
const taken = new Set(lines.map(line => line.id));  // an id is not given twice, even if its line was deleted
let chosen = null, handles = [], draft = null, hover = null, past = [], saved = JSON.stringify(lines), message = "";
let view = { x: 0, y: 0, wide: WIDE }, fitted = true;

const line = () => lines.find(one => one.id === chosen);
const title = region => titles[region] ?? region;
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
function arcs(points) {
  const arc = [0];
  for (let i = 1; i < points.length; i++) arc.push(arc[i - 1] + distance(points[i], points[i - 1]));
  return arc;
}
const long = points => arcs(points).at(-1);
const clamped = (value, low, high) => Math.min(Math.max(value, low), high);
const within = ([x, y]) => [clamped(x, 0, WIDE), clamped(y, 0, HIGH)];
const rounded = points => points.map(point => point.map(value => Math.round(value * 1e4) / 1e4));
const inside = (path, [x, y]) => path.isPointInFill(new DOMPoint(x, y));
const onFace = points => points.some(point => inside(find("outline"), point));
const pixel = () => view.wide / svg.clientWidth;  // [mm]

function tell() {
  const own = line();
  find("says").textContent = message || (draft ? "Click along the wrinkle; Enter, a double click or Finish ends the line."
    : own ? `${title(own.region)}, ${long(own.points).toFixed(1)} mm (${own.id})` : lines.length ? "" : "No wrinkle yet: draw those that are to be followed.");
}

function say(text, wrong = false) {
  message = text;
  find("says").classList.toggle("wrong", wrong);
  tell();
}

// ---- lines and their changes
function remember() {
  past.push(JSON.stringify(lines));
}

function undo() {
  if (draft) {
    if (draft.length) draft.pop(); else draft = null;
    return paint();
  }
  if (!past.length) return;
  lines = JSON.parse(past.pop());
  choose(line() ? chosen : null);
  say("Undone.");
}

function choose(id) {
  say("");
  chosen = id;
  handles = id === null ? [] : handlesOf(line().points);
  paint();
  listed();
}

/** Indices of points to drag: ends, bends, and points that stand alone; more of them in a larger view. */
function handlesOf(points) {
  const kept = new Set([0, points.length - 1]);
  const split = (first, last) => {
    const [a, b] = [points[first], points[last]], whole = distance(a, b) || 1e-9;
    let most = BEND * pixel(), at = null;
    for (let i = first + 1; i < last; i++) {
      const off = Math.abs((b[0] - a[0]) * (points[i][1] - a[1]) - (b[1] - a[1]) * (points[i][0] - a[0])) / whole;
      if (off > most) [most, at] = [off, i];
    }
    if (at !== null) { kept.add(at); split(first, at); split(at, last); }
  };
  split(0, points.length - 1);
  points.forEach((point, i) => {
    if (points[i - 1] && points[i + 1] && Math.min(distance(point, points[i - 1]), distance(point, points[i + 1])) > SPARSE * pixel()) kept.add(i);
  });
  return [...kept].sort((a, b) => a - b);
}

/** Points with one handle moved; those up to the next handles follow in part, so that the line keeps its detail. */
function bent(points, number, by) {
  const arc = arcs(points), at = handles[number];
  return points.map((point, i) => {
    const end = handles[i < at ? number - 1 : number + 1];
    const share = i === at ? 1 : Math.max(0, (arc[end] - arc[i]) / (arc[end] - arc[at] || 1));
    return share ? within([point[0] + share * by[0], point[1] + share * by[1]]) : point;
  });
}

/** Keep the moved points of the chosen line, or put it back where it would leave the face. */
function settle(before) {
  const own = line(), after = rounded(own.points);
  own.points = before;
  if (!onFace(after) || !(long(after) > 0)) say("The line would leave the face: it was put back.", true);
  else { remember(); own.points = after; say(""); }
  paint();
  listed();
}

function remove() {
  if (chosen === null) return;
  const own = line(), place = lines.indexOf(own), focused = list.contains(document.activeElement);
  remember();
  lines.splice(place, 1);
  choose(null);
  if (focused) list.querySelectorAll("button")[Math.min(place, lines.length - 1)]?.focus();
  say(`Deleted ${own.id}; Ctrl+Z brings it back.`);
}

/** Region in which most of the points lie. */
function regionOf(points) {
  const arc = arcs(points), steps = 40, hits = {};
  for (let k = 0; k <= steps; k++) {
    const place = arc.at(-1) * k / steps, next = Math.max(1, arc.findIndex(value => value >= place));
    const share = (place - arc[next - 1]) / (arc[next] - arc[next - 1] || 1);
    const point = [0, 1].map(axis => points[next - 1][axis] + share * (points[next][axis] - points[next - 1][axis]));
    for (const path of outlines) if (inside(path, point)) hits[path.dataset.region] = (hits[path.dataset.region] || 0) + 1;
  }
  return Object.keys(hits).find(name => hits[name] > (steps + 1) / 2) ?? "";
}

function drawing(on) {
  draft = on ? [] : null;
  hover = null;
  if (on) choose(null); else paint();
  svg.focus({ preventScroll: true });  // the button that was pressed is gone
}

function finish() {
  const points = rounded(draft);
  if (points.length < 2 || !(long(points) > 0)) return say("A line needs two points: set another one.", true);
  if (!onFace(points)) return say("This line is not on the face: cancel it and draw it on the skin.", true);
  const region = regionOf(points);
  let number = 1;
  while (taken.has(`${region || "skin"}-${number}`)) number++;
  const id = `${region || "skin"}-${number}`;
  taken.add(id);
  remember();
  lines.push({ id, region, points });
  draft = null;
  choose(id);
  svg.focus({ preventScroll: true });
  say(`Drew ${id}, ${long(points).toFixed(1)} mm.`);
}

function save() {
  if (draft?.length) {  // the line that is being drawn is meant, too
    finish();
    if (draft !== null) return;  // it could not be: finish has said why
  }
  const rows = lines.map(one => "  " + JSON.stringify({ id: one.id, region: one.region, points_mm: one.points }));
  const text = `{"schema": ${data.schema}, "wrinkles": [\n${rows.join(",\n")}\n]}\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "wrinkles.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  saved = JSON.stringify(lines);
  say(`Saved ${lines.length} wrinkles as wrinkles.json; nothing was sent anywhere.`);
}

// ---- what is shown
function shape(name, attributes, inner) {
  const made = document.createElementNS(svg.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (inner !== undefined) made.textContent = inner;
  return made;
}

function paint() {
  const focused = document.activeElement?.dataset?.handle, mm = pixel();
  find("lines").replaceChildren(...lines.map(one => {
    const group = shape("g", { "data-id": one.id, class: one.id === chosen ? "chosen" : "" });
    const points = one.points.join(" ");
    group.append(shape("title", {}, `${title(one.region)}: ${one.id}`), shape("polyline", { class: "under", points }),
      shape("polyline", { class: "hit", points }), shape("polyline", { class: "over", points, stroke: colours[one.region] }));
    return group;
  }));
  find("regions").style.fontSize = `${13 * mm}px`;
  const own = line();
  find("handles").replaceChildren(...(own ? handles.flatMap((at, number) => {
    const [cx, cy] = own.points[at], label = `Point ${number + 1} of ${handles.length} of ${own.id}; arrows move it`;
    const knob = shape("circle", { cx, cy, r: 6 * mm, "data-handle": number, tabindex: 0, role: "button", "aria-label": label });
    return [shape("circle", { cx, cy, r: 14 * mm, class: "reach", "data-handle": number }), knob];
  }) : []));
  if (focused !== undefined) find("handles").querySelector(`[tabindex][data-handle="${focused}"]`)?.focus();
  const points = draft ? [...draft, ...(hover && draft.length ? [hover] : [])].join(" ") : "";
  find("draft").replaceChildren(...(draft ? [shape("polyline", { class: "under", points }), shape("polyline", { points }),
    ...draft.map(([cx, cy]) => shape("circle", { cx, cy, r: 4 * mm }))] : []));
  svg.classList.toggle("drawing", draft !== null);
  find("draw").hidden = draft !== null;
  find("finish").hidden = find("cancel").hidden = draft === null;
  find("finish").disabled = (draft?.length ?? 0) < 2;
  find("undo").disabled = !past.length && !draft;
  find("delete").disabled = own === undefined;
  tell();
}

function listed() {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  const order = Object.keys(titles);
  const sorted = [...lines].sort((a, b) => order.indexOf(a.region) - order.indexOf(b.region));
  list.replaceChildren(...sorted.map(one => {
    const button = document.createElement("button"), item = document.createElement("li"), colour = document.createElement("i"), length = document.createElement("small");
    button.type = "button";
    button.dataset.id = one.id;
    button.setAttribute("aria-pressed", one.id === chosen);
    button.title = one.id;
    colour.style.background = colours[one.region];
    length.textContent = `${long(one.points).toFixed(1)} mm`;
    button.append(colour, document.createTextNode(title(one.region)), length);
    item.append(button);
    return item;
  }));
  const own = list.querySelector('[aria-pressed="true"]');
  if (own) list.scrollTop = clamped(list.scrollTop, own.offsetTop + own.offsetHeight - list.offsetTop - list.clientHeight, own.offsetTop - list.offsetTop);
  if (focused !== undefined) [...list.querySelectorAll("button")].find(button => button.dataset.id === focused)?.focus({ preventScroll: true });
  const all = lines.reduce((sum, one) => sum + long(one.points), 0);
  find("count").textContent = `${lines.length} wrinkles, ${all.toFixed(0)} mm`;
  regionChoice.disabled = chosen === null;
  regionChoice.value = line()?.region ?? null;
}
