// Files of an answer: each is sent by itself as soon as it was chosen, one after another, again and
// again until the server has it. Until then the page says that it is not saved, for a file is kept
// nowhere but in this page. What is removed or put back changes a field of the form, as any answer.

import { localTime } from "./local_time.js";

const LONGEST_WAIT = 15_000; // ms between two tries while there is no connection
const STALLED = 30_000; // ms in which nothing of a file is sent or answered

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const connection = () => new Promise((back) => addEventListener("online", back, { once: true }));
const isLater = ({ status }) => status === 0 || status === 429 || status >= 500;

const read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

// `page` says who sends (`client`, `nextSeq`, `token`), and is told what became of it (`stored`,
// `refused`: true when it has dealt with it).
export const openUploads = (page) => {
  let waiting = []; // the first one is on its way
  let list = null; // the lists of the question that is shown
  let running = false;
  let choosing = false; // the window in which files are chosen lies before the page
  let tell = []; // who waits until all is sent

  addEventListener("focus", () => { choosing = false; });

  const answerTo = (result) => {
    tell.forEach((done) => done(result));
    tell = [];
  };

  const sent = (entry) => new Promise((done) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("client", page.client);
    form.append("seq", entry.seq);
    form.append("file", entry.file, entry.file.name);
    let stalled = null;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      moved();
      entry.row.progress(loaded / total);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(stalled);
      done({ status: request.status, after: Number(request.getResponseHeader("Retry-After")), body: read(request.responseText) });
    });
    request.open("POST", entry.address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", page.token());
    entry.request = request;
    moved();
    request.send(form);
  });

  const isThere = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false); // it may have been changed or moved

  const drop = (entry) => { waiting = waiting.filter((each) => each !== entry); };

  const run = async () => {
    if (running) return;
    running = true;
    let tries = 0;
    while (waiting.length && !page.blocked()) {
      const entry = waiting[0];
      entry.seq ??= page.nextSeq();
      entry.row.say("Not saved yet: sending …");
      const answer = await sent(entry);
      if (entry.cancelled) continue;
      if (answer.status === 200) {
        tries = 0;
        drop(entry);
        entry.row.remove();
        page.stored(entry.item, answer.body);
        list?.stored(entry.item, answer.body);
      } else if (answer.body?.code === "sequence_reused") {
        entry.seq = page.nextSeq();
      } else if (isLater(answer) && (await isThere(entry.file))) {
        tries += 1;
        if (tries === 1) list?.announce(`${entry.file.name} is not saved yet. It is tried again.`);
        entry.row.say("Not saved yet – trying again. Keep this page open.");
        answerTo(false);
        const wait = Math.max(answer.after * 1000, Math.min(LONGEST_WAIT, 500 * 2 ** tries));
        await Promise.race([pause(wait * (0.75 + Math.random() / 2)), connection(), entry.cancelling]);
      } else if (!page.refused(answer)) {
        drop(entry);
        const { title, text } = isLater(answer)
          ? { title: "Not saved", text: "The file cannot be read any more. Choose it again." } : answer.body;
        entry.row.refuse(`${title}. ${text}`);
        list?.announce(`${entry.file.name}: ${title}. ${text}`);
      } else {
        entry.row.say("Not saved yet.");
      }
    }
    running = false;
    answerTo(!waiting.length);
  };

  const add = (files, item, address) => {
    for (const file of files) {
      const entry = { file, item, address };
      entry.cancelling = new Promise((cancel) => {
        entry.row = list.begun(file, () => {
          entry.cancelled = true;
          drop(entry);
          entry.request?.abort();
          cancel();
          if (!waiting.length) answerTo(true);
        });
      });
      const fault = list.fault(file, waiting.length);
      if (fault) entry.row.refuse(fault);
      else waiting.push(entry);
    }
    list.update(waiting.length);
    return run();
  };

  return {
    busy: () => waiting.length > 0,

    choosing: () => choosing,

    // True when everything is sent; false as soon as a try finds no server.
    settled: () => (waiting.length ? new Promise((done) => { tell.push(done); }) : Promise.resolve(true)),

    abandon() { // the time is over: what is not stored now would come late
      waiting.forEach((entry) => {
        entry.cancelled = true;
        entry.request?.abort();
        entry.row.refuse("Not saved: it did not arrive in time.");
      });
      waiting = [];
      answerTo(true);
    },

    attach(form, item) {
      const box = form.querySelector("[data-uploads]");
      list = box && listIn(box, form, () => waiting.length);
      if (!list) return;
      list.field.addEventListener("click", () => { choosing = true; });
      for (const over of ["change", "cancel"]) list.field.addEventListener(over, () => { choosing = false; });
      list.field.addEventListener("input", (event) => event.stopPropagation()); // no answer by itself
      list.field.addEventListener("change", () => {
        const files = [...list.field.files];
        list.field.value = "";
        add(files, item, location.pathname);
      });
      list.taking((files) => add(files, item, location.pathname));
      if (list.field.files.length) list.field.dispatchEvent(new Event("change")); // chosen before this script was there
    },
  };
};

// The list of files that are part of the answer, and of those on their way.
const listIn = (box, form, nWaiting) => {
  const field = box.querySelector("input[type=file]");
  const stored = box.querySelector(".files:not(.sending)");
  const sending = box.querySelector(".sending");
  const none = box.querySelector(".uploads-none");
  const status = box.querySelector(".uploads-said");
  const most = Number(box.dataset.most);
  const described = new Map(); // what each hidden field says, so that it can be put back
  const fieldOf = (row) => row.querySelector("input");
  const rows = () => [...stored.children];
  const kept = () => rows().filter((row) => fieldOf(row).value);

  const announce = (words) => { status.textContent = words; };

  const update = () => {
    none.hidden = rows().length > 0;
    stored.hidden = !rows().length;
    sending.hidden = !sending.children.length;
    field.disabled = kept().length + nWaiting() >= most;
  };

  const show = (row) => { // a file that was taken out of the answer can be put back
    const button = row.querySelector("button");
    const out = !fieldOf(row).value;
    row.dataset.removed = out;
    button.firstChild.textContent = out ? "Put back" : "Remove";
    if (out) button.disabled = kept().length + nWaiting() >= most;
  };

  const change = (row) => {
    const control = fieldOf(row);
    control.value = control.value ? "" : described.get(control.name);
    rows().forEach(show);
    update();
    announce(`${row.querySelector("bdi").textContent} was ${control.value ? "put back" : "removed"}.`);
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const listen = (row) => {
    const control = fieldOf(row);
    const button = row.querySelector("button");
    described.set(control.name, control.value);
    button.type = "button";
    button.addEventListener("click", () => change(row));
  };

  const drawn = ({ name, size, digest, media_type, sized, at }) => {
    const id = digest.split(":")[1];
    const row = make("li", {});
    row.dataset.file = id;
    const hint = make("span", { className: "hint" });
    hint.append(`${sized}, stored `, make("time", { dateTime: at, textContent: localTime(at) }));
    const link = make("a", { href: `../files/${id}`, download: "" });
    link.append(make("bdi", { textContent: name }));
    const button = make("button", { className: "quiet small" });
    const unseen = make("span", { className: "unseen" });
    unseen.append(" ", make("bdi", { textContent: name }));
    button.append("Remove", unseen);
    row.append(make("input", { type: "hidden", name: `response.${id}`, value: JSON.stringify({ name, size, digest, media_type }) }), link, " ", hint, " ", button);
    return row;
  };

  if (most > 1) field.multiple = true;
  box.querySelector("button[name=go]").closest("p").remove(); // a file is sent as soon as it is chosen
  rows().forEach(listen);
  form.addEventListener("restored", () => {
    rows().forEach(show);
    update();
  });

  return {
    field,
    announce,
    update,

    fault(file, ahead) { // what the server would say as well, after all of it had been sent
      if (!file.size) return "Not saved: the file is empty.";
      if (file.size > Number(box.dataset.largest)) return `Not saved: ${box.dataset.largestMb} MB are the most for one file.`;
      if (kept().length + ahead >= most) return `Not saved: ${most === 1 ? "one file is" : `${most} files are`} the most.`;
      return null;
    },

    begun(file, cancel) {
      const row = make("li", {});
      const bar = make("progress", { max: 1, value: 0 });
      const said = make("span", { className: "hint", textContent: "Not saved yet: waiting …" });
      const button = make("button", { type: "button", className: "quiet small" });
      const unseen = make("span", { className: "unseen" });
      unseen.append(" ", make("bdi", { textContent: file.name }));
      button.append("Cancel", unseen);
      bar.setAttribute("aria-label", `How much of ${file.name} is sent`);
      row.append(make("bdi", { textContent: file.name }), " ", bar, " ", said, " ", button);
      sending.append(row);
      const remove = () => {
        row.remove();
        update();
      };
      button.addEventListener("click", () => {
        cancel();
        remove();
        announce(`${file.name} was not sent.`);
        field.focus();
      });
      announce(`${file.name} is being sent.`);
      return {
        remove,
        say: (words) => { said.textContent = words; },
        progress: (part) => {
          bar.value = part;
          button.disabled = part >= 1; // it is being stored
          if (part >= 1) said.textContent = "Not saved yet: it has been sent, and is being stored …";
        },
        refuse: (words) => {
          bar.remove();
          said.textContent = words;
          row.dataset.refused = true;
          button.disabled = false;
          button.firstChild.textContent = "Dismiss";
          update();
        },
      };
    },

    stored(item, { file, unfinished }) {
      if (!file) return; // taken out again on another page
      if (!rows().some((row) => row.dataset.file === file.digest.split(":")[1])) {
        const row = drawn(file);
        stored.append(row);
        listen(row);
      }
      update();
      announce(`${file.name} is stored.${unfinished ? ` ${unfinished}` : ""}`);
    },

    taking(take) { // files may be dropped here, too
      const holdsFiles = ({ dataTransfer }) => !field.disabled && [...dataTransfer.types].includes("Files");
      box.addEventListener("dragover", (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        box.dataset.over = true;
      });
      box.addEventListener("dragleave", () => delete box.dataset.over);
      box.addEventListener("drop", (event) => {
        delete box.dataset.over;
        if (!holdsFiles(event)) return;
        event.preventDefault();
        take([...event.dataTransfer.files]);
      });
    },
  };
};
