// A form that says data-keeps="…" is not lost without a network: what it would send is kept on this device, with the
// moment, and sent once there is one. The server decides what a late one is worth.

const KEPT = "kept";

const kept = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");

const keep = (rows) =>
  rows.length ? localStorage.setItem(KEPT, JSON.stringify(rows)) : localStorage.removeItem(KEPT);

const say = (form, sentence) => {
  const told = document.createElement("p");
  told.className = "notice notice--waiting";
  told.setAttribute("role", "status");
  told.textContent = sentence;
  form.replaceWith(told);
};

const send = ({ action, body }) =>
  fetch(action, { method: "POST", body: new URLSearchParams(body), redirect: "manual" });

// One after the other: whatever the server has answered is done with, but for its own failures.
const sendKept = async () => {
  for (const row of kept()) {
    try {
      if ((await send(row)).status >= 500) return;
    } catch {
      return;
    }
    keep(kept().filter((other) => other.at !== row.at || other.action !== row.action));
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-keeps]") || navigator.onLine) return;
  event.preventDefault();
  const at = new Date().toISOString();
  const body = [...new FormData(form), ["scanned_at", at]];
  keep([...kept(), { action: form.action, body, at }]);
  say(form, form.dataset.keeps);
});

addEventListener("online", sendKept);
sendKept();
