/* Truong: progressive enhancement. Every page works without this file; with it, it is quicker. */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const target = event.target.closest?.(selector);
  if (target) act(event, target);
});
const locale = document.documentElement.lang || "vi";
const vi = locale === "vi";
const number = (value) => Number(value).toLocaleString("vi-VN");
const live = (text) => { const place = document.getElementById("live"); if (place) place.textContent = text; };

/* keyboard: / goes to the search, Esc leaves it and closes what is open */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = all("[data-page-search], [data-search]").find((box) => box.offsetParent);
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]:not(.school)");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (location.hash === "#nav") closeNav();
    else if (event.target.matches?.("input[type=search]")) event.target.blur();
  }
});
document.addEventListener("click", (event) => all("details.menu[open]:not(.school)").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));

/* the menu on small screens */
const closeNav = () => { location.hash = ""; history.replaceState(null, "", location.pathname + location.search); document.querySelector(".nav-open")?.focus(); };
on("click", ".nav-close", (event) => { event.preventDefault(); closeNav(); });
on("click", ".nav-open", () => setTimeout(() => document.querySelector(".nav-close")?.focus()));

/* messages that wait */
all("[data-unread]").forEach(async (bell) => {
  const answer = await fetch(bell.dataset.unread, { headers: { "X-Requested-With": "truong" } }).catch(() => null);
  const { count = 0, text = "" } = answer?.ok ? await answer.json() : {};
  const mark = bell.querySelector(".tab-count");
  if (count) { mark.hidden = false; mark.textContent = count > 99 ? "99+" : count; bell.setAttribute("aria-label", text); }
});

/* signing out: what this device keeps for work without a network goes, what waits to be sent stays */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  Object.keys(localStorage).filter((key) => key.startsWith("device:")).forEach((key) => localStorage.removeItem(key));
  window.caches?.delete("device");
});

/* appearance */
on("click", "[data-theme-set]", (event, link) => {
  event.preventDefault();
  const theme = link.dataset.themeSet;
  fetch(link.href, { method: "GET" });
  if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  all("[data-theme-set]").forEach((other) => other.toggleAttribute("aria-current", false));
  link.setAttribute("aria-current", "true");
});

/* dialogs */
on("click", "[data-dialog]", (event, link) => {
  const dialog = document.getElementById(link.dataset.dialog);
  if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
});
on("click", "[data-dialog-close]", (event, link) => {
  const dialog = link.closest("dialog");
  if (dialog?.open) { event.preventDefault(); dialog.close(); }
});
on("click", "dialog", (event, dialog) => { if (event.target === dialog) dialog.close(); });

/* errors come into view; a form is sent once */
document.querySelector("[data-focus]")?.focus();
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && event.target.method === "post" && !event.target.target) setTimeout(() => { button.setAttribute("aria-busy", "true"); });
});
addEventListener("pageshow", () => all("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy")));
document.addEventListener("submit", (event) => { if (event.submitter?.getAttribute("aria-busy") === "true") event.preventDefault(); }, true);

/* files */
all("[data-drop]").forEach((field) => {
  const area = field.querySelector(".drop-area"), input = field.querySelector("input"), name = field.querySelector("[data-drop-name]");
  const size = (bytes) => bytes < 1e6 ? `${number(Math.ceil(bytes / 1e3))} kB` : `${(bytes / 1e6).toLocaleString("vi-VN", { maximumFractionDigits: 1 })} MB`;
  const show = () => { name.textContent = [...input.files].map((file) => `${file.name} · ${size(file.size)}`).join(", "); };
  area.classList.add("ready");
  input.addEventListener("change", show);
  for (const type of ["dragover", "dragleave", "drop"]) area.addEventListener(type, (event) => { event.preventDefault(); area.classList.toggle("over", type === "dragover"); });
  area.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; show(); input.dispatchEvent(new Event("change", { bubbles: true })); });
});

/* long work: asks again after 1 s, later after 5 s, and pauses while nobody looks */
all("[data-progress]").forEach((box) => {
  const part = (name) => box.querySelector(`[data-progress${name}]`), bar = box.querySelector("progress");
  let wait = 1000, said = -1;
  const eta = (s) => s < 50 ? (vi ? "còn chưa đến 1 phút" : "less than a minute left") : vi ? `còn khoảng ${Math.round(s / 60)} phút` : `about ${Math.round(s / 60)} minutes left`;
  const ask = async () => {
    try {
      if (!document.hidden) {
        const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const state = await answer.json();
        if (state.total) { bar.max = state.total; bar.value = state.done; part("-total").textContent = number(state.total); }
        part("-count").textContent = number(state.done);
        part("-eta").textContent = state.eta == null ? "" : ` · ${eta(state.eta)}`;
        if (state.note != null) part("-note").textContent = state.note;
        const tenth = state.total ? Math.floor(10 * state.done / state.total) : 0;
        if (tenth !== said) { said = tenth; part("-live").textContent = `${number(state.done)} / ${number(state.total || 0)}`; }
        if (state.next) return location.assign(state.next);
        if (state.state && state.state !== "running") return location.reload();
        wait = Math.min(wait + 250, 5000);
      }
    } catch { wait = Math.min(wait * 2, 30000); }
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
});

/* copying */
all("[data-copy]").forEach((button) => { if (navigator.clipboard) button.hidden = false; });
on("click", "[data-copy]", async (event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.querySelector("span"), before = word.textContent;
  word.textContent = vi ? "Đã chép" : "Copied";
  live(`${word.textContent}: ${button.dataset.copy}`);
  setTimeout(() => { word.textContent = before; }, 2000);
});

/* choosing rows */
all("table[data-select]").forEach((table) => {
  const boxes = () => all("tbody .tick input", table), head = table.querySelector("[data-select-all]");
  const bar = document.querySelector(`[data-bulk="${boxes()[0]?.getAttribute("form")}"]`);
  let last;
  const count = () => {
    const rows = boxes(), chosen = rows.filter((box) => box.checked);
    rows.forEach((box) => box.closest("tr").classList.toggle("selected", box.checked));
    head.checked = chosen.length > 0 && chosen.length === rows.length;
    head.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    if (bar) { bar.hidden = !chosen.length; bar.querySelector("[data-bulk-count]").textContent = number(chosen.length); }
  };
  table.addEventListener("click", (event) => {
    if (event.target === head) boxes().forEach((box) => { box.checked = head.checked; });
    else if (event.target.matches(".tick input")) {
      const rows = boxes();
      if (event.shiftKey && last) { const [from, to] = [rows.indexOf(last), rows.indexOf(event.target)].sort((a, b) => a - b); rows.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; }); }
      last = event.target;
    }
    count();
  });
  count();
});

/* money is grouped while typing and sent as digits */
const group = (text) => text.replace(/\D/g, "").replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ".");
all("[data-money]").forEach((input) => {
  input.value = group(input.value);
  input.addEventListener("input", () => {
    const after = input.value.slice(input.selectionStart).replace(/\D/g, "").length;
    input.value = group(input.value);
    let place = input.value.length;
    for (let digits = 0; digits < after; place--) if (/\d/.test(input.value[place - 1])) digits++;
    input.setSelectionRange(place, place);
  });
  input.form?.addEventListener("formdata", (event) => event.formData.set(input.name, input.value.replace(/\D/g, "")));
});

/* days are typed and read as 22/11/2026 on computers; phones keep their own wheel; the form sends ISO */
if (matchMedia("(pointer: fine)").matches) all("input[data-date]").forEach((input) => {
  const read = (text) => { const m = text.trim().match(/^(\d{1,2})[\/\-. ](\d{1,2})[\/\-. ](\d{4})$/); return m ? `${m[3]}-${m[2].padStart(2, "0")}-${m[1].padStart(2, "0")}` : text.trim(); };
  const iso = input.value.match(/^(\d{4})-(\d\d)-(\d\d)$/);
  input.type = "text"; input.inputMode = "numeric"; input.placeholder = vi ? "ngày/tháng/năm" : "day/month/year"; input.autocomplete = "off";
  input.value = iso ? `${iso[3]}/${iso[2]}/${iso[1]}` : "";
  input.form?.addEventListener("formdata", (event) => event.formData.set(input.name, read(input.value)));
});

/* what was typed is kept until it is sent */
all("form[data-draft]").forEach((form) => {
  const key = `draft:${form.dataset.draft}`, fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file"].includes(field.type));
  try {
    const saved = JSON.parse(localStorage.getItem(key) || "{}");
    fields().forEach((field) => { if (!(field.name in saved)) return; if (field.type === "checkbox" || field.type === "radio") field.checked = saved[field.name].includes(field.value); else if (!field.value) field.value = saved[field.name][0]; });
  } catch { localStorage.removeItem(key); }
  form.addEventListener("input", () => {
    const values = {};
    fields().forEach((field) => { values[field.name] ??= []; if (!["checkbox", "radio"].includes(field.type) || field.checked) values[field.name].push(field.value); });
    localStorage.setItem(key, JSON.stringify(values));
  });
  form.addEventListener("submit", () => localStorage.removeItem(key));
});

/* lists answer while one types */
all("form[data-live]").forEach((form) => {
  let timer, request;
  form.querySelector("[type=submit]").hidden = true;
  const look = async () => {
    request?.abort(); request = new AbortController();
    const address = new URL(form.action); address.search = new URLSearchParams(new FormData(form)).toString();
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { "X-Requested-With": "live" } });
      if (!answer.ok) return form.submit();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), place = document.getElementById(form.dataset.live), fresh = page.getElementById(form.dataset.live);
      if (!place || !fresh) return form.submit();
      place.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", address);
      const rows = all("tbody tr", place).length;
      live(vi ? `${number(rows)} dòng` : `${number(rows)} rows`);
    } catch (error) { if (error.name !== "AbortError") form.submit(); }
  };
  form.addEventListener("input", (event) => { clearTimeout(timer); timer = setTimeout(look, event.target.type === "search" ? 250 : 0); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); look(); });
});

/* grids: arrows move, Enter goes down as in Excel */
on("keydown", "table[data-grid] input", (event, input) => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const edge = event.key === "ArrowLeft" ? input.selectionEnd === 0 : event.key === "ArrowRight" ? input.selectionStart === input.value.length : true;
  if (!step || !edge) return;
  const cell = input.closest("td"), row = cell.parentElement, rows = [...row.parentElement.rows];
  const next = rows[rows.indexOf(row) + step[0]]?.cells[cell.cellIndex + step[1]]?.querySelector("input");
  event.preventDefault();
  if (next) { next.focus(); next.select(); }
});

/* paper, and the offline page of families */
all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
const worker = document.body.dataset.worker;
if (worker && "serviceWorker" in navigator) navigator.serviceWorker.register(worker);
