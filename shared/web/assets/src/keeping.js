// A form that says data-keeps="…" is not lost without a network: what it would send is kept on this device, with the
// moment, and sent once there is one. The server decides what a late one is worth. data-worker: what lets its page open
// without a network, too; it may have been kept without the `code` that the address brings.

const KEPT = "kept";
const PATIENCE_MS = 8000;

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
  fetch(action, {
    method: "POST",
    body: new URLSearchParams(body),
    redirect: "manual",
    signal: AbortSignal.timeout?.(PATIENCE_MS),
  });

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

const show = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  document.querySelector("main .errors")?.focus();
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-keeps]")) return;
  event.preventDefault();
  const at = new Date().toISOString();
  const body = [...new FormData(form)];
  const answer = await send({ action: form.action, body }).catch(() => null);
  if (answer && answer.status < 500) return show(answer);
  keep([...kept(), { action: form.action, body: [...body, ["scanned_at", at]], at }]);
  say(form, form.dataset.keeps);
});

const form = document.querySelector("form[data-keeps]");
const code = new URLSearchParams(location.search).get("code");
if (form && code && !form.elements.namedItem("code")) {
  const scanned = document.createElement("input");
  Object.assign(scanned, { type: "hidden", name: "code", value: code });
  form.prepend(scanned);
  form.elements.namedItem("typed")?.closest(".field").remove();
}
if (form?.dataset.worker) navigator.serviceWorker?.register(form.dataset.worker).catch(() => {});

addEventListener("online", sendKept);
sendKept();
