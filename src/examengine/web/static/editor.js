// Saves a draft as somebody writes, shows what is to be mended and what a candidate sees, and lets rows
// come and go without a new page. Without it every button of the page does the same by itself.
import { localTime, showLocalTimes } from "./local_time.js";

const PAUSE_MS = 800;
const TRY_AGAIN_MS = 5000;
const SWAPPED = new Set(["rule", "try", "upload", "picture"]);

const editing = () => document.getElementById("editing");
const form = () => document.getElementById("draft");
const state = () => document.getElementById("state");

let changes = 0; // since the page was drawn
let saved = 0; // how many of them are stored
let timer = null;
let sending = null;
let refused = false;
let swapping = 0; // how many changes of rows are under way or wait for another
let swapped = Promise.resolve();

const say = (words, kind) => {
  if (state().textContent === words) return;
  state().textContent = words;
  state().dataset.state = kind;
};

// A file that was chosen goes along with what is pressed, and not with every pause in typing.
const fields = (act) => {
  const sent = new FormData(form());
  if (act) sent.append("draft_act", act);
  if (act && [...sent.values()].some((value) => value.name)) return sent;
  return new URLSearchParams([...sent].filter(([, value]) => typeof value === "string"));
};

const send = (act, headers) =>
  fetch(form().action, { method: "POST", body: fields(act), headers, redirect: "manual" });

const showBeside = (beside) => {
  for (const place of form().querySelectorAll("[data-beside]")) {
    const name = place.dataset.beside;
    const words = beside[name] ?? [];
    const shown = [...place.children].map((one) => one.textContent);
    if (shown.join("\n") === words.join("\n")) continue;
    place.replaceChildren(...words.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    const field = document.getElementById(name);
    if (field?.matches("input, select, textarea")) {
      if (words.length) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
};

// A part that holds the focus keeps it: the field of the same id gets it again.
const put = (id, html) => {
  const place = document.getElementById(id);
  const within = place.contains(document.activeElement) ? document.activeElement : null;
  const { id: held, name, value, selectionStart } = within ?? {};
  const open = place.querySelector("details")?.open;
  place.outerHTML = html;
  const now = document.getElementById(id);
  const details = now.querySelector("details");
  if (details && open !== undefined) details.open = open;
  now.dispatchEvent(new Event("put", { bubbles: true }));
  if (!within) return;
  const again = held ? document.getElementById(held) : [...now.querySelectorAll("input, button")].find((one) => one.name === name && one.value === value);
  again?.focus();
  if (selectionStart !== undefined && selectionStart !== null) again?.setSelectionRange?.(selectionStart, selectionStart);
};

// Rows that stand for the marks of a text come and go with them.
const putRows = (rows) => {
  for (const [id, { marks, html }] of Object.entries(rows)) {
    if (document.getElementById(id).dataset.marks !== marks) put(id, html);
  }
};

const save = async () => {
  clearTimeout(timer);
  if (swapping) timer = setTimeout(save, PAUSE_MS);
  if (swapping || sending || refused || !form()?.hasAttribute("data-autosave")) return;
  const upTo = changes;
  try {
    sending = send("", { accept: "application/json" });
    const answer = await sending;
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    const told = await answer.json();
    if (answer.ok) {
      saved = upTo;
      form().elements.draft_seen.value = told.revision;
      showBeside(told.beside);
      put("told", told.told);
      if (changes === upTo) { // else the next answer shows what was written, or answered, since
        put("areas", told.areas);
        put("preview", told.preview);
        putRows(told.rows);
        say(`Draft saved ${localTime(told.saved_at)}`, "saved");
      } else timer = setTimeout(save, PAUSE_MS);
    } else {
      refused = true; // until somebody looks at it: pressing Save shows both texts
      say(`Not saved. ${told.title}: ${told.text} Press Save to see what to do.`, "refused");
    }
  } catch {
    say("Not saved: the server cannot be reached. Go on writing; it is tried again.", "waiting");
    timer = setTimeout(save, TRY_AGAIN_MS);
  } finally {
    sending = null;
  }
};

const changed = (event) => {
  if (!event.target.closest?.("#draft") || event.target.type === "file" || event.target.id === "narrow") return;
  changes += 1;
  if (!refused && state().dataset.state === "saved") say("Not saved yet", "waiting");
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
  relabel(event.target);
};

// What choices call a row follows its text: "B: By a third".
const relabel = (field) => {
  const row = /^(options|prompts)\.(\d+)\.text$/.exec(field.name ?? "");
  if (!row) return;
  for (const select of form().querySelectorAll(`select[data-rows="${row[1]}"]`)) {
    const option = select.options[Number(row[2]) + 1];
    if (option) option.textContent = `${option.textContent.split(":")[0]}: ${field.value}`;
  }
};

const focusOn = (name) => {
  const place = document.getElementById(name);
  if (!place) return;
  const field = place.querySelector("input:not([type=hidden]), textarea, select");
  (field ?? place).focus();
};

// A row is added, moved or taken away, or another rule chosen: the form alone is drawn anew. One after
// another, so that none overtakes the one before.
const swap = (act) => {
  swapping += 1;
  if (state().dataset.state === "saved") say("Not saved yet", "waiting");
  swapped = swapped.then(() => swapOne(act)).finally(() => (swapping -= 1));
};

const written = () => new Map([...form().querySelectorAll("input[type=text], textarea, select")].filter((one) => one.name && !one.name.startsWith("try.")).map((one) => [one.name, one.value]));

// What was written while the answer was on its way is written again; where rows have moved nobody knows
// any more which row it was.
const writeAgain = (since) => {
  for (const [name, value] of since) {
    const now = form()?.elements[name];
    if (!now?.matches?.("input[type=text], textarea, select")) continue;
    now.value = value;
    changes += 1;
  }
  if (changes > saved) timer = setTimeout(save, PAUSE_MS);
};

const swapOne = async (act) => {
  clearTimeout(timer);
  await sending?.catch(() => null);
  const upTo = changes;
  const sent = written();
  try {
    const answer = await send(act, { "hx-request": "true" });
    const html = await answer.text();
    if (!html.includes('id="editing"')) {
      const told = JSON.parse(answer.headers.get("hx-trigger") ?? "{}").refused;
      say(told ? `${told.title}. ${told.text}` : "This could not be done. Go on writing, and try again.", "refused");
      return;
    }
    const since = /^(remove|up|down):/.test(act) ? [] : [...written()].filter(([name, value]) => sent.get(name) !== value);
    editing().outerHTML = html;
    showLocalTimes(editing());
    saved = answer.ok ? upTo : saved;
    refused = !answer.ok;
    if (since.length) writeAgain(since);
    if (swapping > 1 && !refused) say("Not saved yet", "waiting");
    document.dispatchEvent(new Event("put"));
    narrow();
    const told = document.getElementById("refusal");
    if (told) told.focus();
    else focusOn(editing().dataset.focus);
  } catch {
    say("This could not be done: the server cannot be reached. Go on writing, and try again.", "waiting");
  }
};

const narrow = () => {
  const box = document.getElementById("narrow");
  if (box) box.closest("section").classList.toggle("narrow-preview", box.checked);
};

document.addEventListener("input", changed);
document.addEventListener("change", (event) => {
  if (event.target.id === "narrow") narrow();
  else if (event.target.id === "scoring.rule") swap("rule");
  else changed(event);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-to]");
  if (!link) return;
  const field = document.getElementById(link.dataset.to);
  if (!field) return;
  event.preventDefault();
  field.closest("details:not([open])")?.setAttribute("open", "");
  field.focus();
  field.scrollIntoView({ block: "center" });
});

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  const act = event.submitter?.value ?? "";
  if (event.submitter?.name === "draft_act" && (act.includes(":") || SWAPPED.has(act))) {
    event.preventDefault();
    swap(act);
    return;
  }
  saved = changes; // the page that comes shows what became of it
});

addEventListener("beforeunload", (event) => {
  if (changes > saved) event.preventDefault();
});
addEventListener("online", save);
