// Keeps the pages of /scheduling/check-in/ on a phone that has opened them, so that a scan without a network finds one.
// What is kept is the page without its code: the code is in the address of the scan, and keeping.js puts it in.
const CACHE = "check-in-1";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(begin()));

// The page that brought this script is kept, too, although it came before.
async function begin() {
  await clients.claim();
  const open = await clients.matchAll({ type: "window" });
  await Promise.all(open.map(({ url }) => keepPage(keyOf(url))));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const key = keyOf(request.url);
  if (request.method !== "GET" || !key.startsWith(location.origin + "/")) return;
  if (key.startsWith(location.origin + "/assets/")) event.respondWith(assetOf(request, key));
  else if (request.mode === "navigate") event.respondWith(pageOf(event, key));
});

function keyOf(address) {
  const url = new URL(address);
  return url.origin + url.pathname;
}

// Its ticket is as fresh as the page: the newest is kept, with what it is drawn with.
async function keepPage(key) {
  const cache = await caches.open(CACHE);
  const page = await fetch(key, { credentials: "same-origin" }).catch(() => null);
  if (!page?.ok) return;
  const assets = (await page.clone().text()).matchAll(/"(\/assets\/[^"#]+)/g);
  await Promise.all([...assets].map(([, path]) => assetOf(new Request(path), location.origin + path)));
  await cache.put(key, page);
}

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
  try {
    const found = await fetch(event.request);
    if (found.ok) event.waitUntil(keepPage(key));
    return found;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(key);
    if (kept) return kept;
    throw error;
  }
}
