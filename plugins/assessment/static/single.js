/* One pupil at a time: each field is saved as soon as it is left, or after a moment. What could not be sent stays in this tab
   until it is; without this file the form has a button. */
const form = document.querySelector("form[data-single]");
const say = form.dataset;
const state = form.querySelector("[data-state]");
const fields = [...form.querySelectorAll("input[data-slot]")];
const key = `marks.${say.book}.${say.learner}`;
let timer, saving = false, failed = 0;

const tell = (text) => { if (state.textContent !== text) state.textContent = text; };
const waiting = () => fields.filter((field) => field.value.trim() !== field.seen && field.value !== field.refused);
form.querySelector("[data-no-script]").hidden = true;
const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
for (const field of fields) {
  field.seen = field.defaultValue;
  const { typed, seen } = kept[field.dataset.slot] || {};
  if (typed !== undefined) { field.value = typed; field.seen = seen; }
  field.addEventListener("input", () => { field.refused = undefined; fault(field, ""); keep(); later(1500); });
  field.addEventListener("change", () => save());
  field.addEventListener("focus", () => field.select());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const after = fields[fields.indexOf(field) + 1];
    if (after) after.focus(); else { field.blur(); document.querySelector("[data-step]:last-child")?.focus(); }
  });
}

function keep() {
  const open = Object.fromEntries(waiting().map((field) => [field.dataset.slot, { typed: field.value, seen: field.seen }]));
  if (Object.keys(open).length) sessionStorage.setItem(key, JSON.stringify(open)); else sessionStorage.removeItem(key);
}
function later(wait) { clearTimeout(timer); timer = setTimeout(save, wait); }
function fault(field, text, clash) {
  const place = document.getElementById(`e-${field.dataset.slot}`);
  place.hidden = !text; place.replaceChildren(text);
  if (text) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
  if (!clash) return;
  const choice = (label, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: label });
    button.addEventListener("click", () => { field.seen = clash.theirs; field.refused = undefined; act(); fault(field, ""); keep(); save(); });
    return button;
  };
  place.append(" ", choice(say.tMine, () => {}), choice(say.tTheirs, () => { field.value = clash.theirs; }));
}
async function save() {
  clearTimeout(timer);
  if (saving) return later(300);
  const sent = waiting().map((field) => ({ field, value: field.value }));
  if (!sent.length) return;
  saving = true; tell(say.tSaving);
  const cells = sent.map(({ field, value }) => ({ learner: say.learner, slot: field.dataset.slot, value, seen: field.seen }));
  try {
    const answer = await fetch(say.single, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": say.token, Accept: "application/json" }, body: JSON.stringify({ cells }) });
    if (answer.status >= 500) throw new Error("");
    const body = await answer.json();
    failed = 0;
    if (answer.ok) take(sent, body); else { sent.forEach(({ field, value }) => { field.refused = value; }); tell(body.error || body.detail || body.title || say.tFailed); }
  } catch (error) { failed += 1; tell(say.tFailed); }
  saving = false; keep();
  if (failed) later(Math.min(2000 * failed, 20000)); else if (waiting().length) later(300);
}
function take(sent, body) {
  for (const { field, value } of sent) {
    const mine = (list) => list.find((one) => one.slot === field.dataset.slot);
    const clash = mine(body.conflicts), refused = mine(body.refused);
    if (clash || refused) {
      field.refused = value;
      fault(field, clash ? `${clash.who} ${clash.at}: ${say.tClash} ${clash.theirs || "–"}` : refused.reason, clash);
      continue;
    }
    const stands = mine(body.saved)?.value ?? value.trim();
    if (field.value === value) field.value = stands;
    field.seen = stands;
  }
  for (const row of body.rows) {
    const result = form.querySelector("[data-result]");
    if (result) { result.textContent = row.result || "–"; form.querySelector("[data-why]").textContent = row.why || ""; }
  }
  tell(`${say.tSaved} ${body.at}`);
}
form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
window.addEventListener("online", () => { failed = 0; save(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
window.addEventListener("pagehide", keep);
if (waiting().length) save();
