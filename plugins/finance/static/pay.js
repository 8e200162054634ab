/* Waiting for money: asks for one word and loads the page again when it changes. Pauses while nobody looks; asks at once
   when the payer comes back from the bank app. Without this file there is the link "check again". */
for (const box of document.querySelectorAll("[data-watch]")) {
  let wait = 2000, timer;
  const ask = async () => {
    clearTimeout(timer);
    try {
      if (!document.hidden) {
        const answer = await fetch(box.dataset.watch, { headers: { Accept: "application/json" } });
        if (answer.status === 410 || answer.status === 404) return location.reload();
        if (!answer.ok) throw new Error(String(answer.status));
        if ((await answer.json()).state !== box.dataset.state) return location.reload();
        wait = Math.min(wait * 1.1, 10000);
      }
    } catch { wait = Math.min(wait * 2, 30000); }
    timer = setTimeout(ask, wait);
  };
  timer = setTimeout(ask, wait);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { wait = 2000; ask(); } });
}
