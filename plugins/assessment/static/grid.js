/* The grid of marks as a spreadsheet: arrows, Enter down, type to replace, paste and copy blocks, undo and redo, saving by
   itself. Without this file the grid is a form with a button. Cells that could not be saved keep what was typed. */
const form = document.querySelector("form[data-grid]");
const say = form.dataset;
const table = form.querySelector("table");
const state = form.querySelector("[data-state]"), about = form.querySelector("[data-about]");
const problems = form.querySelector("[data-problems]");
const panel = form.querySelector("[data-past]");
const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
const where = new Map();
const history = [], undone = [], faults = new Map();
let timer, saving = false, failed = 0, anchor = null, chosen = [];

rows.forEach((line, y) => line.forEach((cell, x) => {
  if (!cell) return;
  const [learner, slot] = cell.name.split(".");
  where.set(cell, { x, y, learner, slot });
  cell.seen = cell.defaultValue; cell.was = cell.value;
}));
const inputs = [...where.keys()];
const find = (learner, slot) => inputs.find((cell) => cell.name === `${learner}.${slot}`);
const label = (cell) => {
  const { learner, slot } = where.get(cell);
  const name = table.querySelector(`[data-learner="${learner}"] th a`).textContent.trim();
  return `${name}, ${document.getElementById(`h-${slot}`).dataset.name}`;
};
const dirty = () => inputs.filter((cell) => cell.value.trim() !== cell.seen && !faults.has(cell));
const tell = (text) => { if (state.textContent !== text) state.textContent = text; };

/* Changing. A change is a list of [cell, before, after]: what undo takes back at once. */
function change(list) {
  const real = list.filter(([cell, before, after]) => before !== after);
  if (!real.length) return;
  history.push(real); undone.length = 0;
  real.forEach(([cell, , after]) => put(cell, after));
  later();
}
function put(cell, value) {
  cell.value = cell.was = value;
  faults.delete(cell); cell.removeAttribute("aria-invalid"); cell.removeAttribute("title");
  cell.classList.toggle("dirty", value.trim() !== cell.seen);
  list();
}
function step(from, to, at) {
  const last = from.pop();
  if (!last) return;
  to.push(last);
  last.forEach((one) => put(one[0], one[at]));
  last[0][0].focus();
  later();
}

/* Moving. */
function next(cell, dx, dy) {
  let { x, y } = where.get(cell);
  do { x += dx; y += dy; } while (rows[y] && x >= 0 && x < rows[y].length && !rows[y][x]);
  return rows[y]?.[x] ?? null;
}
function go(cell) { if (cell) { cell.focus(); cell.select(); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); } return Boolean(cell); }
function choose(from, to) {
  chosen.forEach((cell) => cell.classList.remove("chosen"));
  const a = where.get(from), b = where.get(to);
  chosen = [];
  for (let y = Math.min(a.y, b.y); y <= Math.max(a.y, b.y); y++)
    for (let x = Math.min(a.x, b.x); x <= Math.max(a.x, b.x); x++) if (rows[y][x]) chosen.push(rows[y][x]);
  if (chosen.length < 2) chosen = [];
  chosen.forEach((cell) => cell.classList.add("chosen"));
}
const whole = (cell) => cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;

form.addEventListener("focusin", ({ target }) => {
  if (!where.has(target)) return;
  target.select(); target.began = target.value; anchor = target;
  const { learner, slot } = where.get(target);
  const link = Object.assign(document.createElement("a"), { href: `${say.history}?learner=${learner}&slot=${slot}`, textContent: label(target) });
  link.addEventListener("click", (event) => { event.preventDefault(); past(link, target); });
  if (!panel.hidden && panel.of !== target) panel.hidden = true;
  about.replaceChildren(link, faults.has(target) ? `: ${faults.get(target).text}` : "");
});
/* The history of a cell in place; a second press takes it away again. */
async function past(link, cell) {
  if (!panel.hidden && panel.of === cell) { panel.hidden = true; return; }
  try {
    const answer = await fetch(`${link.href}&part=1`);
    if (!answer.ok) throw new Error("");
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(Object.assign(document.createElement("b"), { textContent: label(cell) }), ...read.body.childNodes);
    panel.of = cell; panel.hidden = false;
  } catch (error) { location.href = link.href; }
}
form.addEventListener("mousedown", ({ target, shiftKey }) => { if (where.has(target) && !shiftKey) choose(target, target); });
form.addEventListener("input", ({ target }) => {
  if (!where.has(target)) return;
  const before = target.was, last = history.at(-1);
  faults.delete(target); target.removeAttribute("aria-invalid");
  if (last?.length === 1 && last[0][0] === target && last.typing) { last[0][2] = target.value; undone.length = 0; }
  else { const entry = [[target, before, target.value]]; entry.typing = true; history.push(entry); undone.length = 0; }
  target.was = target.value;
  target.classList.toggle("dirty", target.value.trim() !== target.seen);
  list(); later();
});
form.addEventListener("focusout", () => { const last = history.at(-1); if (last) last.typing = false; });
form.addEventListener("keydown", (event) => {
  const cell = event.target, key = event.key;
  if (!where.has(cell)) return;
  const control = event.ctrlKey || event.metaKey;
  const took = () => { event.preventDefault(); return true; };
  if (control && !event.altKey && key.toLowerCase() === "z") { took(); return event.shiftKey ? step(undone, history, 2) : step(history, undone, 1); }
  if (control && key.toLowerCase() === "y") { took(); return step(undone, history, 2); }
  if (control && key.toLowerCase() === "s") { took(); return save(); }
  if (key === "Enter") { took(); choose(cell, cell); return void go(next(cell, 0, event.shiftKey ? -1 : 1)); }
  if (key === "Escape") { took(); if (cell.value !== cell.began) change([[cell, cell.value, cell.began]]); choose(cell, cell); return cell.blur(); }
  if (key === "F2") { took(); return cell.setSelectionRange(cell.value.length, cell.value.length); }
  if ((key === "Delete" || key === "Backspace") && chosen.length) { took(); return change(chosen.map((one) => [one, one.value, ""])); }
  const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (!move || event.altKey) return;
  if (event.shiftKey) {
    const to = next(chosen.length ? form.far ?? cell : cell, ...move);
    if (to) { took(); form.far = to; choose(anchor ?? cell, to); }
    return;
  }
  if (move[1] || whole(cell)) { took(); choose(cell, cell); form.far = null; go(next(cell, ...move)); }
});

/* Blocks from and to a spreadsheet. */
form.addEventListener("paste", (event) => {
  if (!where.has(event.target)) return;
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const { x, y } = where.get(event.target), found = [];
  text.split("\n").forEach((line, dy) => line.split("\t").forEach((value, dx) => {
    const cell = rows[y + dy]?.[x + dx];
    if (cell) found.push([cell, cell.value, value.trim()]);
  }));
  change(found);
});
form.addEventListener("copy", (event) => {
  if (!chosen.length) return;
  event.preventDefault();
  const lines = new Map();
  chosen.forEach((cell) => { const { y } = where.get(cell); lines.set(y, [...(lines.get(y) ?? []), cell.value]); });
  event.clipboardData.setData("text/plain", [...lines.values()].map((line) => line.join("\t")).join("\n"));
});

/* Saving. */
function later(wait = 1200) {
  clearTimeout(timer);
  if (dirty().length) { tell(say.tUnsaved); timer = setTimeout(save, wait); }
}
async function save() {
  clearTimeout(timer);
  if (saving) return later();
  const sent = dirty().map((cell) => ({ cell, value: cell.value }));
  if (!sent.length) return;
  saving = true; tell(say.tSaving);
  const cells = sent.map(({ cell, value }) => ({ learner: where.get(cell).learner, slot: where.get(cell).slot, value, seen: cell.seen }));
  try {
    const answer = await fetch(say.grid, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": say.token, Accept: "application/json" }, body: JSON.stringify({ cells }) });
    const body = await answer.json();
    if (!answer.ok) { if (answer.status < 500 && (body.error || body.detail || body.title)) { failed = 99; throw new Error(body.error || body.detail || body.title); } throw new Error(""); }
    failed = 0; take(sent, body);
  } catch (error) {
    failed += 1;
    tell(error instanceof Error && failed > 50 && error.message ? error.message : say.tFailed);
  }
  saving = false;
  if (failed && failed < 50) timer = setTimeout(save, Math.min(2000 * failed, 30000));
  else if (!failed) later();
}
function take(sent, body) {
  for (const { cell, value } of sent) {
    const { learner, slot } = where.get(cell);
    const clash = body.conflicts.find((one) => one.learner === learner && one.slot === slot);
    const refused = body.refused.find((one) => one.learner === learner && one.slot === slot);
    if (cell.value !== value && (clash || refused)) continue;
    if (clash) fault(cell, `${say.tYou} ${clash.mine || "–"}; ${clash.who} ${clash.at}: ${say.tClash} ${clash.theirs || "–"}`, clash);
    else if (refused) fault(cell, refused.reason);
    else {
      const saved = body.saved.find((one) => one.learner === learner && one.slot === slot);
      const stands = saved ? saved.value : value.trim();
      if (cell.value === value) cell.value = cell.was = stands;
      cell.seen = stands;
      cell.classList.toggle("dirty", cell.value.trim() !== cell.seen);
      cell.closest("td").classList.toggle("odd", ["v", "v0", "M"].includes(stands));
    }
  }
  for (const row of body.rows) {
    const cell = table.querySelector(`[data-learner="${row.learner}"] [data-result]`);
    if (cell) { cell.textContent = row.result || "–"; cell.title = row.why || ""; }
  }
  list();
  tell(`${say.tSaved} ${body.at}`);
}
function fault(cell, text, clash) {
  faults.set(cell, { text, clash });
  cell.setAttribute("aria-invalid", "true"); cell.title = text;
}
function list() {
  problems.hidden = !faults.size;
  if (!faults.size) return problems.replaceChildren();
  const box = Object.assign(document.createElement("div"), { className: "alert attention" });
  const inside = Object.assign(document.createElement("div"), { className: "alert-text" });
  const title = Object.assign(document.createElement("p"), { className: "alert-title", textContent: say.tProblems });
  const ul = document.createElement("ul");
  for (const [cell, { text, clash }] of faults) {
    const li = document.createElement("li");
    const jump = Object.assign(document.createElement("a"), { href: "#", textContent: label(cell) });
    jump.addEventListener("click", (event) => { event.preventDefault(); go(cell); });
    li.append(jump, `: ${text} `);
    if (clash) li.append(
      choice(say.tMine, () => { const mine = cell.value; cell.seen = clash.theirs; put(cell, mine); later(0); }),
      choice(say.tTheirs, () => { cell.seen = clash.theirs; put(cell, clash.theirs); later(); }),
    );
    ul.append(li);
  }
  inside.append(title, ul); box.append(inside); problems.replaceChildren(box);
}
function choice(text, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: text });
  button.addEventListener("click", act);
  return button;
}
form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
window.addEventListener("beforeunload", (event) => { if (saving || dirty().length) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
window.addEventListener("online", () => { failed = 0; save(); });
