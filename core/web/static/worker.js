/* Service worker of family pages: keeps static files and the offline page, never a page with anybody's data.
   The three names in capitals are filled in by core.web.offline. */
const NAME = "truong-__MARK__", OFFLINE = "__OFFLINE__", FILES = __FILES__;
self.addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([OFFLINE, ...FILES])).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("truong-") && name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const path = new URL(event.request.url).pathname;
  if (FILES.includes(path)) event.respondWith(caches.match(path).then((kept) => kept || fetch(event.request)));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});
