// What every page carries: htmx, and the few keys that people know. Pages work without any of it.
//
// htmx 4.0.1 is its stable line (the registry's `latest`); a new project on 2 would only have to move. In 4 an answer
// with an error status is swapped in as well, which is how a form comes back with its errors; attributes are
// inherited only where they say `:inherited`.
import "htmx.org/dist/htmx.esm.js";
import "./keeping.js";

// Parts of a page that look for news do so with `hx-trigger="look-again from:body"`: never in a tab nobody sees, and at
// once when it is seen again.
const LOOK_AGAIN_MS = 1000;
const lookAgain = () => {
  if (!document.hidden) document.body.dispatchEvent(new CustomEvent("look-again"));
};
setInterval(lookAgain, LOOK_AGAIN_MS);
document.addEventListener("visibilitychange", lookAgain);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
  if (event.target.closest(".search")) return throughHits(event);
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector(".search input");
  if (!search) return;
  event.preventDefault();
  // On a phone the box is a page of its own.
  if (search.offsetParent) search.focus();
  else location.assign(search.form.action);
});

// Arrows go through the hits below the search box; Escape goes back to what was typed, and once more clears it.
function throughHits(event) {
  const box = event.target.closest(".search");
  const stops = [box.querySelector("input"), ...box.querySelectorAll(".search__hits a")];
  const at = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && at > 0) stops[0].focus();
  else if (event.key === "Escape") box.querySelector(".search__hits").replaceChildren();
  else if (step && stops[at + step]) stops[at + step].focus();
  else return;
  event.preventDefault();
}

// One menu is open at a time, and none once the reader is elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

document.addEventListener("htmx:after:swap", (event) => {
  // A form that came back with errors: take the reader to the summary.
  event.target.querySelector?.(".errors")?.focus();
  // The bell counts what the rail counts.
  for (const mirror of document.querySelectorAll("[data-mirrors]"))
    mirror.textContent = document.getElementById(mirror.dataset.mirrors)?.firstChild?.textContent ?? "";
});

// A card that nobody answered for says since when.
for (const failed of ["htmx:error", "htmx:response:error"])
  document.addEventListener(failed, (event) => {
    const since = event.target.querySelector?.("[data-since]");
    if (since && !since.textContent)
      since.textContent = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  });
