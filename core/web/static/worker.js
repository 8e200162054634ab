/* Service worker: keeps static files and the offline page, never a page with anybody's data. A page may put an empty form
   that works without a network into the cache "device", under the beginning of the addresses that it stands for, where
   the person wants it on this device.
   The three names in capitals are filled in by core.web.offline. */
const NAME = "truong-__MARK__", OFFLINE = "__OFFLINE__", FILES = __FILES__;
self.addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([OFFLINE, ...FILES])).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("truong-") && name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
const kept = async (path, whole) => {
  const cache = await caches.open("device"), places = (await cache.keys()).map((one) => new URL(one.url).pathname);
  const place = places.filter((one) => (whole ? one === path : path.startsWith(one))).sort((a, b) => b.length - a.length)[0];
  return place && cache.match(place);
};
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const path = new URL(event.request.url).pathname;
  if (FILES.includes(path)) event.respondWith(caches.match(path).then((kept) => kept || fetch(event.request)));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(async () => (await kept(path)) || caches.match(OFFLINE)));
  else if (["script", "style"].includes(event.request.destination)) event.respondWith(fetch(event.request).catch(async () => (await kept(path, true)) || Response.error()));
});
