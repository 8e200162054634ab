/* Registers without waiting: a tap turns the mark, and what cannot be sent stays on this device until it can.
   Kept here: `unsent:attendance` has ids and marks only and goes when it is sent; `device:attendance` has today's names,
   only where the person switched it on. */
const UNSENT = "unsent:attendance", DEVICE = "device:attendance", SAID = "attendance:said";
const vi = (document.documentElement.lang || "vi") === "vi";
const say = vi ? {
  kept: "Đã lưu trên máy này, sẽ gửi khi có mạng.", sent: "Đã lưu điểm danh.", waiting: (n) => `${n} lần điểm danh chờ gửi.`,
  clash: (c) => `${c.name}: người khác ghi “${c.theirs}”, thầy cô ghi “${c.mine}”. Hệ thống giữ “${c.kept}”.`,
  refused: (label, why) => `${label}: chưa gửi được. ${why}`, drop: "Bỏ lần này", full: "Máy này không còn chỗ để lưu. Hãy đợi có mạng rồi lưu lại.",
  morning: "buổi sáng", afternoon: "buổi chiều", cls: "Lớp", done: "đã nhập", fault: "Chưa lưu được. Hãy thử lại.",
} : {
  kept: "Kept on this device; it is sent when there is a network.", sent: "The register is kept.", waiting: (n) => `${n} registers wait to be sent.`,
  clash: (c) => `${c.name}: somebody else wrote “${c.theirs}”, you wrote “${c.mine}”. Kept is “${c.kept}”.`,
  refused: (label, why) => `${label}: not sent. ${why}`, drop: "Drop this one", full: "There is no room on this device. Wait for a network and save again.",
  morning: "morning", afternoon: "afternoon", cls: "Class", done: "entered", fault: "Not saved. Please try again.",
};
const KINDS = ["present", "unexcused", "excused", "late", "left"];
const root = document.querySelector("[data-register], [data-offline-page]");
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const write = (key, value) => { try { if (value == null) localStorage.removeItem(key); else localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } };
const unsent = () => read(UNSENT) ?? [];
const same = (a, b) => a.who === b.who && a.class_id === b.class_id && a.day === b.day && a.session === b.session && a.period === b.period;
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
const label = (one) => `${say.cls} ${one.class_name ?? ""}, ${one.session === 1 ? say.morning : say.afternoon}`;
const box = root?.querySelector("[data-waiting]");

const alertOf = (kind, text, action) => {
  const part = document.createElement("div"), p = document.createElement("p");
  part.className = `alert ${kind}`; part.setAttribute("role", "status"); p.textContent = text; part.append(p);
  if (action) { const button = document.createElement("button"); button.type = "button"; button.className = "button quiet"; button.textContent = action[0]; button.addEventListener("click", action[1]); part.append(button); }
  return part;
};
const show = (extra = []) => {
  const waiting = unsent().filter((one) => one.who === who());
  const fresh = waiting.filter((one) => !one.refused);
  const parts = extra.map(([kind, text]) => alertOf(kind, text));
  if (fresh.length) parts.push(alertOf("wait", say.waiting(fresh.length)));
  waiting.filter((one) => one.refused).forEach((one) => parts.push(alertOf("attention", say.refused(label(one), one.refused), [say.drop, () => { forget(one); show(); }])));
  box.hidden = !parts.length;
  box.replaceChildren(...parts);
};
const who = () => root.dataset.who || read(DEVICE)?.who || "";
const forget = (one) => { const left = unsent().filter((other) => !same(one, other)); write(UNSENT, left.length ? left : null); };
const keep = (one) => {
  const before = unsent().find((other) => same(one, other));
  return write(UNSENT, [...unsent().filter((other) => !same(one, other)), { ...one, base: before ? before.base : one.base }]);
};

/* sending */
const offline = (error) => error instanceof TypeError;
const send = async (one, csrf) => {
  const { class_id, day, session, period, base, marks } = one;
  const answer = await fetch(root.dataset.sync, { method: "POST", redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" }, body: JSON.stringify({ class_id, day, session, period, base, marks }) });
  const body = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : null;
  return { status: answer.status, body, opaque: answer.type === "opaqueredirect" };
};
const device = async (names) => {
  const answer = await fetch(`${root.dataset.device}${names ? "?names=1" : ""}`, { redirect: "manual", headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
};
let flushing = false;
const flush = async () => {
  if (flushing || !unsent().some((one) => !one.refused)) return;
  flushing = true;
  const told = [];
  let sent = 0;
  try {
    const me = await device(false);
    for (const one of me ? unsent().filter((each) => each.who === me.who && !each.refused) : []) {
      const { status, body, opaque } = await send(one, me.csrf);
      if (status >= 200 && status < 300) { forget(one); sent++; body.clashes.forEach((clash) => told.push(["attention", say.clash(clash)])); }
      else if (opaque || status === 401 || status >= 500) break;
      else { forget(one); write(UNSENT, [...unsent(), { ...one, refused: body?.detail ?? body?.title ?? String(status) }]); }
    }
  } catch (error) { if (!offline(error)) throw error; }
  finally { flushing = false; }
  if (sent && !told.length) told.push(["ok", say.sent]);
  show(told);
  if (!sent || dirty) return;
  sessionStorage.setItem(SAID, JSON.stringify(told));
  if (root.matches("[data-offline-page]")) location.assign(root.dataset.now); else location.reload();
};

/* rows */
let dirty = false;
const kindOf = (row) => row.querySelector("[type=radio]:checked")?.value ?? "present";
const count = (form) => { form.querySelector("[data-there]").textContent = [...form.querySelectorAll(".take-row")].filter((row) => !["unexcused", "excused"].includes(kindOf(row))).length; };
const enliven = (form) => {
  form.closest(".take").classList.add("ready");
  form.addEventListener("click", (event) => {
    const row = event.target.closest(".take-row");
    if (!row || row.querySelector("fieldset").disabled || event.target.closest("input, .take-minutes")) return; /* arrows click on inputs */
    event.preventDefault();
    const next = KINDS[(KINDS.indexOf(kindOf(row)) + 1) % KINDS.length];
    const radio = row.querySelector(`[value=${next}]`);
    radio.checked = true; radio.focus({ preventScroll: true });
    dirty = true; count(form);
  });
  form.addEventListener("change", () => { dirty = true; count(form); });
};
const marksOf = (form) => [...form.querySelectorAll(".take-row")].flatMap((row) => {
  const kind = kindOf(row), minutes = Number(row.querySelector(".take-minutes input")?.value || 0);
  return kind === "present" ? [] : [{ id: row.dataset.pupil, kind, minutes: kind === "late" || kind === "left" ? minutes : 0 }];
});

/* the register with a network */
if (root?.matches("[data-register]")) {
  const form = root.querySelector("form[data-take]"), data = root.dataset;
  const told = JSON.parse(sessionStorage.getItem(SAID) ?? "[]");
  sessionStorage.removeItem(SAID);
  show(told);
  if (form) {
    enliven(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const one = { who: data.who, class_id: data.class, class_name: data.name, day: data.day, session: Number(data.session), period: Number(data.period), base: Number(data.version), marks: marksOf(form) };
      const stay = () => { if (keep(one)) { dirty = false; show([["wait", say.kept]]); } else show([["stop", say.full]]); };
      try {
        const { status, body } = await send(one, form.querySelector("[name=csrf_token]").value);
        if (status < 200 || status >= 300) { form.submit(); return; } /* the page itself says what is wrong */
        forget(one);
        dirty = false;
        sessionStorage.setItem(SAID, JSON.stringify([["ok", say.sent], ...body.clashes.map((clash) => ["attention", say.clash(clash)])]));
        location.reload();
      } catch (error) { if (!offline(error)) throw error; stay(); }
      finally { event.submitter?.removeAttribute("aria-busy"); }
    });
  }
  const chosen = root.querySelector("[name=keep]"), holder = root.querySelector("[data-keep-box]");
  let leaving = false; /* names that arrive while somebody signs out are not written down */
  document.addEventListener("submit", (event) => { leaving ||= event.target.matches("[data-sign-out]"); }, true);
  const fill = async () => {
    const kept = await device(true);
    if (!kept || leaving || !chosen.checked) return;
    delete kept.csrf;
    write(DEVICE, kept);
    await navigator.serviceWorker.register(data.worker);
    const cache = await caches.open("device"), shell = await fetch(data.shell), copy = shell.clone();
    await cache.put(new URL(data.shell, location.href).pathname.replace(/device$/, ""), shell);
    const page = new DOMParser().parseFromString(await copy.text(), "text/html");
    await cache.addAll([...page.querySelectorAll("link[rel=stylesheet], script[src]")].map((part) => part.getAttribute("href") ?? part.getAttribute("src")));
    await navigator.serviceWorker.ready;
    root.dataset.ready = "kept";
  };
  if (chosen && "serviceWorker" in navigator) {
    holder.hidden = false;
    const before = read(DEVICE);
    if (before && before.who !== data.who) write(DEVICE, null);
    chosen.checked = Boolean(read(DEVICE));
    if (chosen.checked) fill().catch((error) => { if (!offline(error)) throw error; });
    chosen.addEventListener("change", () => {
      if (chosen.checked) fill().catch((error) => { chosen.checked = false; if (!offline(error)) throw error; });
      else { write(DEVICE, null); caches.delete("device"); }
    });
  }
}

/* the page without a network: filled from what this device keeps */
if (root?.matches("[data-offline-page]")) {
  const form = root.querySelector("form[data-take]"), list = form.querySelector("ol"), pattern = root.querySelector("[data-row]").content;
  let kept = read(DEVICE), open = null;
  if (kept && kept.day !== today()) { write(DEVICE, null); kept = null; }
  const waitsFor = (one) => unsent().find((other) => same({ ...one, who: kept.who, period: 0 }, other));
  const classes = () => {
    const row = document.createElement("div");
    row.className = "row";
    for (const one of kept?.registers ?? []) {
      const button = document.createElement("button");
      button.type = "button"; button.className = "button"; button.dataset.open = `${one.class_id}/${one.session}`;
      button.textContent = `${label(one)}${waitsFor(one) ? ` · ${say.done}` : ""}`;
      if (one === open) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => start(one));
      row.append(button);
    }
    root.querySelector("[data-classes]").replaceChildren(row);
  };
  const start = (one) => {
    open = one;
    const marks = Object.fromEntries((waitsFor(one)?.marks ?? one.lines.filter((line) => line.kind !== "present")).map((mark) => [mark.id, mark.kind]));
    list.replaceChildren(...one.lines.map((line) => {
      const row = pattern.cloneNode(true).querySelector("li");
      row.dataset.pupil = line.id;
      row.querySelector(".take-name").textContent = line.name;
      row.querySelectorAll("input").forEach((radio) => { radio.name = `mark_${line.id}`; radio.checked = radio.value === (marks[line.id] ?? "present"); });
      return row;
    }));
    form.hidden = false;
    form.querySelector("[data-title]").textContent = label(one);
    form.querySelector("[data-all]").textContent = one.lines.length;
    count(form); classes();
  };
  root.querySelector("[data-nothing]").hidden = Boolean(kept?.registers.length);
  if (kept?.registers.length) {
    enliven(form);
    const [, class_id, , session] = location.pathname.match(/classes\/([\w-]+)\/([\d-]+)\/(\d)/) ?? [];
    const asked = kept.registers.find((one) => one.class_id === class_id && one.session === Number(session));
    if (asked) start(asked); else classes();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const one = { who: kept.who, class_id: open.class_id, class_name: open.class_name, day: kept.day, session: open.session, period: 0, base: open.version, marks: marksOf(form) };
      const done = keep(one);
      if (done) dirty = false;
      show([done ? ["wait", say.kept] : ["stop", say.full]]);
      classes();
      scrollTo({ top: 0 });
      flush();
    });
  }
  show();
}

if (root) {
  addEventListener("online", flush);
  setInterval(flush, 20000);
  flush();
}
