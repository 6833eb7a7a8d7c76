// ---- zoom and pan
const shapeOf = () => svg.clientHeight / svg.clientWidth;
const widest = () => Math.max(WIDE, HIGH / shapeOf()) * 1.04;

function look() {
  if (!svg.clientWidth || !svg.clientHeight) return;  // not laid out
  view.wide = clamped(view.wide, CLOSEST, widest());
  fitted = view.wide === widest();
  const high = view.wide * shapeOf();
  const held = (at, size, extent) => size >= extent ? (extent - size) / 2 : clamped(at, -0.02 * extent, 1.02 * extent - size);
  view.x = held(view.x, view.wide, WIDE);
  view.y = held(view.y, high, HIGH);
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.wide} ${high}`);
  if (line() && !grip?.before) handles = handlesOf(line().points);
  paint();
}

function zoom(times, about) {
  const [x, y] = about ?? [view.x + view.wide / 2, view.y + view.wide * shapeOf() / 2];
  const wide = clamped(view.wide / times, CLOSEST, widest()), share = wide / view.wide;
  view = { x: x - (x - view.x) * share, y: y - (y - view.y) * share, wide };
  look();
}

function pan(right, down) {
  view.x += right * pixel();
  view.y += down * pixel();
  look();
}

function whole() {
  view.wide = Infinity;
  look();
}

// ---- pointers: one drags a handle or the picture, or taps; two pinch
const pointers = new Map();
let grip = null, tapped = { time: -Infinity, at: [0, 0] };

function place(at) {
  const point = new DOMPoint(...at).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
}

function release() {
  if (grip?.before && line()) line().points = grip.before;
  grip = null;
  paint();
}

document.addEventListener("pointerdown", () => say(""), true);
svg.addEventListener("pointerdown", event => {
  if (event.button !== 0) return;
  svg.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  if (pointers.size > 1) return release();
  const handle = draft ? undefined : event.target.dataset.handle;
  const id = event.target.closest("[data-id]")?.dataset.id ?? null;
  grip = { start: [event.clientX, event.clientY], id, handle, moved: false };
});

svg.addEventListener("pointermove", event => {
  const at = [event.clientX, event.clientY], last = pointers.get(event.pointerId);
  if (draft?.length && event.pointerType === "mouse") { hover = within(place(at)); if (!last) paint(); }
  if (!last) return;
  pointers.set(event.pointerId, at);
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1], before = distance(last, other);
    const middle = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
    view.x -= (at[0] - last[0]) / 2 * pixel();
    view.y -= (at[1] - last[1]) / 2 * pixel();
    look();
    zoom(distance(at, other) / (before || 1), place(middle));
  } else if (grip && (grip.moved || distance(at, grip.start) > TAP)) {
    grip.moved = true;
    if (grip.handle === undefined) return pan(last[0] - at[0], last[1] - at[1]);
    grip.before ??= line().points;
    const by = [(at[0] - grip.start[0]) * pixel(), (at[1] - grip.start[1]) * pixel()];
    line().points = bent(grip.before, Number(grip.handle), by);
    paint();
  }
});

svg.addEventListener("pointerup", event => {
  pointers.delete(event.pointerId);
  const own = grip;
  grip = null;
  if (own?.before) settle(own.before);
  else if (own && !own.moved) tap(event, own);
});

svg.addEventListener("pointercancel", event => { pointers.delete(event.pointerId); release(); });

function tap(event, { id, handle }) {
  const at = [event.clientX, event.clientY];
  if (!draft) return handle === undefined ? choose(id) : undefined;
  const twice = event.timeStamp - tapped.time < TWICE && distance(at, tapped.at) < (event.pointerType === "mouse" ? 2 : 5) * TAP;
  tapped = { time: twice ? -Infinity : event.timeStamp, at };
  if (twice && draft.length > 1) return finish();
  draft.push(within(place(at)));
  hover = null;
  paint();
}

svg.addEventListener("pointerleave", () => { if (hover) { hover = null; paint(); } });
svg.addEventListener("wheel", event => {
  event.preventDefault();
  zoom(Math.exp(-clamped(event.deltaY, -120, 120) / 400), place([event.clientX, event.clientY]));
}, { passive: false });

// ---- keys
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", event => {
  const key = event.key, arrow = ARROWS[key], target = event.target;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && key.toLowerCase() === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (key === "Escape") { if (grip?.before) release(); else if (draft) drawing(false); else choose(null); }
  else if (key === "Enter" && draft) finish();
  else if (key === "Delete" || key === "Backspace") { if (draft) undo(); else remove(); }
  else if (arrow && target.dataset.handle !== undefined) nudge(Number(target.dataset.handle), arrow, event.shiftKey ? 1 : 0.1);
  else if (arrow && target === svg) pan(40 * arrow[0], 40 * arrow[1]);
  else if ((key === "+" || key === "=") && svg.contains(target)) zoom(1.25);
  else if (key === "-" && svg.contains(target)) zoom(0.8);
  else return;
  event.preventDefault();
});

/** Move a handle by a step [mm]. */
function nudge(number, [right, down], step) {
  const before = line().points;
  line().points = bent(before, number, [right * step, down * step]);
  settle(before);
}

// ---- buttons
find("draw").onclick = () => drawing(true);
find("finish").onclick = finish;
find("cancel").onclick = () => drawing(false);
find("undo").onclick = undo;
find("delete").onclick = remove;
find("in").onclick = () => zoom(1.5);
find("out").onclick = () => zoom(1 / 1.5);
find("whole").onclick = whole;
find("save").onclick = save;
find("show").onchange = event => find("regions").classList.toggle("shown", event.target.checked);
list.onclick = event => { const button = event.target.closest("button"); if (button && !draft) choose(button.dataset.id); };
regionChoice.onchange = () => {
  remember();
  line().region = regionChoice.value;
  choose(chosen);
};
addEventListener("beforeunload", event => { if (draft || JSON.stringify(lines) !== saved) event.preventDefault(); });
new ResizeObserver(() => { if (fitted) whole(); else look(); }).observe(svg);
listed();
