// The exam page: saves every change, keeps what is not saved yet on this device, shows the time.
// It may lose nothing that it has not shown as unsaved. What counts is the log on the server.

import { startClock } from "./attempt_clock.js";
import { openJournal } from "./attempt_journal.js";

const TYPING_PAUSE = 400; // ms without a keystroke before typed text is sent
const LONGEST_WAIT = 15_000; // ms between two tries while there is no connection

const byId = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const page = () => byId("attempt").dataset;

const client = [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");
const attempt = page().attempt;
const address = `/attempts/${attempt}`;
const journal = openJournal(attempt, client);
let seen = 0; // the newest version of the log that this page knows of
let seq = 0; // how much this page has sent so far
let blocked = false; // this page cannot go on: it was overtaken, signed out, or the exam is over

// ---- words

const say = (state, words) => {
  const line = byId("save");
  if (!line || line.textContent === words) return;
  line.dataset.state = state;
  line.textContent = words;
};

const saved = (at) => say("saved", `Saved ${new Date(at).toLocaleTimeString("en-GB")}`);

const trouble = (title, text, link) => {
  const box = make("div", { className: "notice notice-warn" });
  box.append(make("p", { className: "notice-title", textContent: title }), make("p", { textContent: text }));
  if (link) box.append(make("a", { className: "button", ...link }));
  byId("trouble").replaceChildren(box);
};

const mark = (item, change) => { // in the list of all questions
  const link = [...document.querySelectorAll(".questions a")].find((each) => each.dataset.item === item);
  if (!link) return;
  Object.assign(link.dataset, change);
  const words = link.dataset.answered === "true" ? "answered" : "not answered";
  link.querySelector("span").textContent = link.dataset.flagged === "true" ? `${words}, flagged` : words;
};

// ---- sending: one request at a time, in order, again and again until the server has answered

const post = async (path, body) => {
  try {
    const answer = await fetch(`${address}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("[name=csrf]").value },
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, after: Number(answer.headers.get("Retry-After")), body: await answer.json() };
  } catch {
    return { status: 0, after: 0 }; // no connection, or no answer in time: try again
  }
};

const connection = () => new Promise((back) => addEventListener("online", back, { once: true }));
let sending = null; // the entry that is on its way
let draining = null;
const drain = () => (draining ??= sendAll().finally(() => { draining = null; }));

const sendAll = async () => {
  let tries = 0;
  while (!blocked && !journal.isEmpty()) {
    sending = journal.next();
    const { kind, made, ...body } = sending;
    const answer = await post(kind, body);
    const entry = sending;
    sending = null;
    if (answer.status === 200) {
      tries = 0;
      acknowledged(entry, answer.body);
    } else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
      tries += 1;
      say("waiting", "Not saved yet – trying again. Your answer is kept on this device.");
      const wait = Math.max(answer.after * 1000, Math.min(LONGEST_WAIT, 500 * 2 ** tries));
      await Promise.race([pause(wait * (0.75 + Math.random() / 2)), connection()]);
    } else {
      refused(entry, answer);
    }
  }
};

const acknowledged = (entry, { version, at, remaining }) => {
  journal.remove(entry);
  setClock(remaining);
  byId("trouble").replaceChildren();
  if (entry.kind !== "saves") return;
  seen = Math.max(seen, version);
  const answered = Object.values(entry.fields).flat().some((value) => value.trim() !== "");
  mark(entry.item_id, { answered });
  if (entry.item_id === page().item && !journal.answerTo(entry.item_id) && typing === null) saved(at);
};

const refused = (entry, { status, body }) => {
  if (body.code === "attempt_closed") { // kept: the receipt says what did not arrive in time
    blocked = true;
    go(`${address}/receipt`);
  } else if (status === 401 || status === 403) {
    block("Please sign in again", "Your last answer is kept on this device, and is sent when you are back.",
      { href: `/sign-in?then=${location.pathname}`, textContent: "Sign in and go on" });
  } else {
    journal.remove(entry);
    say("refused", `Not saved. ${body.text}`);
    if (body.code === "attempt_moved") block(body.title, body.text, { href: location.pathname, textContent: "Reload this page" });
  }
};

const block = (title, text, link) => {
  blocked = true;
  byId("answer")?.setAttribute("inert", "");
  trouble(title, text, link);
};

// ---- answering

let typing = null; // the timer of text that is being typed

const keep = (kind, body) => {
  seq += 1;
  journal.add({ kind, client, seq, made: Date.now(), item_id: page().item, ...body }, sending);
  return drain();
};

const commit = () => { // hands over what was changed on this page, if anything was
  if (typing === null || blocked) return;
  clearTimeout(typing);
  typing = null;
  const fields = {};
  for (const [name, value] of new FormData(byId("answer"))) {
    if (name.startsWith("response")) (fields[name] ??= []).push(value);
  }
  keep("saves", { fields, seen });
};

const changed = (wait) => {
  clearTimeout(typing);
  say("", "Saving …");
  typing = setTimeout(commit, wait);
  if (wait === 0) commit();
};

const restore = (form, fields) => { // an answer given here that has not arrived yet
  for (const control of form.elements) {
    if (!control.name.startsWith("response")) continue;
    const values = fields[control.name] ?? [];
    if (["radio", "checkbox"].includes(control.type)) control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
};

const isTouched = (control) => { // answered before this script was there to hear of it
  if (!control.name.startsWith("response")) return false;
  if (control.matches("select")) return control.value !== (control.querySelector("option[selected]")?.value ?? "");
  return control.checked !== control.defaultChecked || control.value !== control.defaultValue;
};

const flag = (button) => {
  const flagged = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", flagged);
  mark(page().item, { flagged });
  keep("flags", { flagged });
};

const listen = (form) => {
  const isTyped = (control) => control.matches("textarea, input:not([type=radio], [type=checkbox])");
  form.addEventListener("input", ({ target }) => changed(isTyped(target) ? TYPING_PAUSE : 0));
  form.addEventListener("change", commit);
  form.addEventListener("keydown", (event) => { // Enter in a field saves, and presses no button
    if (event.key !== "Enter" || !event.target.matches("input, select")) return;
    event.preventDefault();
    commit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.id === "flag") flag(event.submitter);
    if (event.submitter?.id !== "clear") return;
    restore(form, {});
    changed(0);
  });
};

// ---- moving through the exam, and never away from an answer that is not saved

const flushed = async () => {
  commit();
  return Promise.race([drain().then(() => journal.isEmpty()), pause(2500).then(() => false)]);
};

const offline = () => trouble("No connection at the moment", "Stay on this page. What you answered is kept "
  + "on this device, and is sent as soon as the connection is back.");

const go = async (href, { push = true } = {}) => {
  const answer = (await flushed()) || blocked ? await fetch(href, { headers: { Accept: "text/html" } }).catch(() => null) : null;
  if (!answer?.ok) {
    offline();
    return false;
  }
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!drawn.getElementById("timer") || blocked) {
    location.assign(answer.url);
    return true;
  }
  document.title = drawn.title;
  byId("main").replaceWith(drawn.getElementById("main"));
  if (push) history.pushState(null, "", answer.url);
  begin();
  scrollTo(0, 0);
  byId("heading").focus({ preventScroll: true });
  return true;
};

const handIn = async (form) => {
  const answer = (await flushed()) ? await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null) : null;
  if (answer?.ok) location.assign(answer.url);
  else trouble("Not handed in yet", "There is no connection at the moment. Your answers are safe. Please try again.");
};

const finish = async () => { // the server decides whether the time is over
  while (!(await go(`${address}/time-up`))) await Promise.race([pause(5000), connection()]);
};

const setClock = startClock({ lastCall: () => commit(), over: finish });

// ---- signals: the page went out of sight, or came back; noted, and never judged here

let away = false;
const looked = async (lost) => {
  if (lost === away || blocked || !byId("timer")) return;
  away = lost;
  seq += 1;
  const answer = await post("signals", { client, seq, item_id: page().item ?? null, lost });
  if (answer.status === 200) setClock(answer.body.remaining);
};

// ---- beginning: once for the script, again for each page that is drawn

const begin = () => {
  seen = Math.max(seen, Number(page().version));
  setClock(Number(page().remaining));
  const form = byId("answer");
  if (!form) return;
  byId("by-hand").remove(); // the buttons that save without this script
  if (byId("save").dataset.at) saved(byId("save").dataset.at);
  const waiting = journal.answerTo(page().item);
  if (waiting) {
    restore(form, waiting.fields);
    say("waiting", "Not saved yet – trying again. Your answer is kept on this device.");
  } else if ([...form.elements].some(isTouched)) changed(0);
  listen(form);
};

const sit = () => {
  begin();
  drain();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(`a[href^="${address}/"]`);
    if (!link || link.closest("#trouble") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    handIn(event.target);
  });
  addEventListener("popstate", () => go(location.href, { push: false }));
  addEventListener("beforeunload", (event) => {
    commit();
    if (!journal.isEmpty() && !blocked) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => looked(document.hidden));
  addEventListener("blur", () => looked(true));
  addEventListener("focus", () => looked(false));
};

const lookBack = () => {
  if (journal.isEmpty()) return;
  trouble("An answer did not arrive in time", "An answer given on this device had not reached us when the exam "
    + "ended, and is not part of what was handed in. It is still kept here: tell the invigilator or the awarding body.");
};

if (page().over) lookBack();
else sit();
