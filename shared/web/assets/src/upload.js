// Sending files: chosen or dropped, each with its progress, by tus (resumable): a line that fails is tried again, and
// whoever chooses the same file later, on the same computer, goes on where it stopped.
import { Upload } from "tus-js-client";

const CHUNK = 16 * 1024 * 1024; // what a gateway lets through, and what a retry repeats at most
const RETRIES_MS = [0, 1000, 3000, 5000, 10000, 30000, 60000];
const AT_ONCE = 2;

for (const area of document.querySelectorAll("[data-uploads]")) install(area);

function install(area) {
  const input = area.querySelector("input[type=file]");
  const list = area.querySelector("[data-sending]");
  const row = area.querySelector("template");
  const waiting = [];
  let busy = 0;

  const next = () => {
    while (busy < AT_ONCE && waiting.length) {
      busy += 1;
      waiting.shift()(() => {
        busy -= 1;
        next();
      });
    }
  };
  const add = (files) => {
    for (const file of files) {
      const shown = list.appendChild(row.content.firstElementChild.cloneNode(true));
      shown.querySelector("[data-cancel]").onclick = () => shown.remove();
      waiting.push((done) => (shown.isConnected ? send(area, file, shown, done) : done()));
      describe(shown, file, 0);
    }
    next();
  };

  const take = () => {
    add(input.files);
    input.value = "";
  };
  input.addEventListener("change", take);
  take(); // on a slow line somebody has chosen before this script came
  for (const kind of ["dragenter", "dragover"])
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.add("uploads--over");
    });
  for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => area.classList.remove("uploads--over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  // Whoever leaves while something is on its way is asked; what came is kept all the same.
  addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
}

function send(area, file, shown, done) {
  const said = JSON.parse(area.dataset.words);
  let over = false;
  const end = () => {
    if (!over) done();
    over = true;
  };
  const metadata = { filename: file.name };
  if (area.dataset.version) metadata.version = area.dataset.version;
  const upload = new Upload(file, {
    endpoint: area.dataset.uploads,
    chunkSize: CHUNK,
    retryDelays: RETRIES_MS,
    removeFingerprintOnSuccess: true,
    metadata,
    onProgress: (sent) => describe(shown, file, sent, said.sending),
    onSuccess: () => {
      shown.remove();
      document.body.dispatchEvent(new CustomEvent("file-sent"));
      end();
    },
    onError: (error) => {
      if (!navigator.onLine || !error.originalResponse) {
        tell(shown, said.offline);
        addEventListener("online", () => upload.start(), { once: true });
        again(shown, said, () => upload.start());
        return;
      }
      tell(shown, reason(error) || said.failed, true);
      end();
    },
  });
  shown.querySelector("[data-cancel]").onclick = () => {
    upload.abort(true).catch(() => {});
    shown.remove();
    end();
  };
  upload.findPreviousUploads().then((earlier) => {
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    upload.start();
  });
}

function reason(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).detail;
  } catch {
    return "";
  }
}

function again(shown, said, start) {
  const button = shown.querySelector("[data-again]");
  button.hidden = false;
  button.onclick = () => {
    button.hidden = true;
    tell(shown, said.sending);
    start();
  };
}

function describe(shown, file, sent, sentence) {
  shown.querySelector("[data-name]").textContent = file.name;
  const bar = shown.querySelector("progress");
  bar.max = file.size || 1;
  bar.value = sent;
  bar.setAttribute("aria-label", file.name);
  const part = file.size ? Math.floor((100 * sent) / file.size) : 0;
  shown.querySelector("[data-figures]").textContent = `${amount(sent)} / ${amount(file.size)} · ${part} %`;
  if (sentence) tell(shown, sentence);
}

function tell(shown, sentence, failed = false) {
  const said = shown.querySelector("[data-said]");
  if (said.textContent !== sentence) said.textContent = sentence;
  said.classList.toggle("error", failed);
  if (failed) shown.querySelector("progress").hidden = true;
}

function amount(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let left = bytes;
  let unit = 0;
  while (left >= 1024 && unit < 3) {
    left /= 1024;
    unit += 1;
  }
  return `${left.toFixed(unit && left < 100 ? 1 : 0)} ${units[unit]}`;
}
