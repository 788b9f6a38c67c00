// Opens the Record page while the server cannot be reached, if it was opened here before. It keeps one page and
// the files that page names; everything else goes to the network as if this were not here.
"use strict";
const NAME = "fx-record-" + new URL(self.location).searchParams.get("v");
const PAGE = "/record", KEPT_PAGE = "/record/offline", PATIENCE_MS = 8000, GONE = [502, 503, 504];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(
  caches.keys()
    .then(names => Promise.all(names.filter(name => name.startsWith("fx-record-") && name !== NAME).map(name => caches.delete(name))))
    .then(() => self.clients.claim())
));

// The page says what it needs, each time it is opened with the network.
self.addEventListener("message", event => {
  if (event.data && Array.isArray(event.data.keep)) { event.waitUntil(keep(event.data.keep)); }
});
async function keep(addresses) {
  const cache = await caches.open(NAME);
  await Promise.all(addresses.map(async address => {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-cache" });
    if (answer.ok) { await cache.put(address, answer); }
  }));
}

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE) { event.respondWith(page(event.request)); }
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(file(event.request));
  }
});
async function page(request) {
  const stop = new AbortController(), patience = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (!GONE.includes(answer.status)) { return answer; }
    return await kept(KEPT_PAGE) || answer;
  } catch (unreachable) {
    const found = await kept(KEPT_PAGE);
    if (found) { return found; }
    throw unreachable;
  } finally {
    clearTimeout(patience);
  }
}
async function file(request) {
  try {
    return await fetch(request);
  } catch (unreachable) {
    const found = await kept(request);
    if (found) { return found; }
    throw unreachable;
  }
}
async function kept(request) {
  const cache = await caches.open(NAME);
  return cache.match(request);
}
