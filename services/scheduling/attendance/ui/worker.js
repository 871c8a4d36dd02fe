// Keeps the pages of /scheduling/check-in/ on a phone that has opened them, so that a scan without a network finds one.
// What is kept is the page without its code: the code is in the address of the scan, and keeping.js puts it in.
const CACHE = "check-in-1";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const key = url.origin + url.pathname;
  if (url.pathname.startsWith("/assets/")) event.respondWith(assetOf(request, key));
  else if (request.mode === "navigate") event.respondWith(pageOf(event, key));
});

// Assets never change under their names.
async function assetOf(request, key) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept) return kept;
  const found = await fetch(request);
  if (found.ok) await cache.put(key, found.clone());
  return found;
}

async function pageOf(event, key) {
  const cache = await caches.open(CACHE);
  try {
    const found = await fetch(event.request);
    // Its ticket is as fresh as the page: the newest is kept.
    if (found.ok) event.waitUntil(cache.add(new Request(key, { credentials: "same-origin" })).catch(() => {}));
    return found;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}
