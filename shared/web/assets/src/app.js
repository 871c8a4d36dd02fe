// What every page carries: htmx, and the few keys that people know. Pages work without any of it.
//
// htmx 4.0.1 is its stable line (the registry's `latest`); a new project on 2 would only have to move. In 4 an answer
// with an error status is swapped in as well, which is how a form comes back with its errors; attributes are
// inherited only where they say `:inherited`.
import "htmx.org/dist/htmx.esm.js";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector(".search input");
  if (!search) return;
  event.preventDefault();
  search.focus();
});

// A form that came back with errors: take the reader to the summary.
document.addEventListener("htmx:after:swap", (event) => {
  event.target.querySelector?.(".errors")?.focus();
});
