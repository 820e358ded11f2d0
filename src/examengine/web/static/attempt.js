// The exam page: saves every change, keeps what is not saved yet on this device, shows the time.
// It may lose nothing that it has not shown as unsaved. What counts is the log on the server.

import { startClock } from "./attempt_clock.js";
import { addToControls } from "./attempt_controls.js";
import { openUploads } from "./attempt_files.js";
import { openJournal } from "./attempt_journal.js";
import { addPlayers, play } from "./attempt_player.js";
import { localTime, showLocalTimes } from "./local_time.js";

const TYPING_PAUSE = 400; // ms without a keystroke before typed text is sent
const LONGEST_WAIT = 15_000; // ms between two tries while there is no connection
const PATIENCE = 20_000; // ms that an answer of the server may take
const SLOW = 2500; // ms after which a press that waits for the network says so
const ASK_EVERY = 15_000; // ms between two questions how long the exam still runs
const MOST_SIGNALS = 100; // signals that are kept while there is no connection

const byId = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const page = () => byId("attempt").dataset;

const { attempt, client } = page(); // the server names each page, so that the log can tell them apart
const address = `/attempts/${attempt}`;
const journal = openJournal(attempt, client);
const known = new Map(); // for each item, up to which version this page knows all answers to it
let seq = 0; // how much this page has sent so far
let blocked = false; // this page cannot go on: it was signed out, or the exam is over

// ---- words

const say = (state, words) => {
  const line = byId("save");
  if (!line || line.textContent === words) return;
  line.dataset.state = state;
  line.textContent = words;
};

const saved = (at, { unfinished, echo }) => {
  const words = `Saved ${localTime(at)}`;
  if (unfinished) say("waiting", `${words}, unfinished. ${unfinished}`);
  else say("saved", echo ? `${words}. ${echo}` : words);
};

const trouble = (title, text, ...controls) => {
  const box = make("div", { className: "notice notice-warn" });
  box.append(make("p", { className: "notice-title", textContent: title }), make("p", { textContent: text }));
  if (controls.length) {
    const row = make("p", { className: "actions" });
    row.append(...controls);
    box.append(row);
  }
  byId("trouble").replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
};

const mark = (item, change) => { // in the list of all questions
  const entry = [...document.querySelectorAll(".questions button")].find((each) => each.dataset.item === item);
  if (!entry) return;
  Object.assign(entry.dataset, change);
  const { answered, unfinished, unsaved, flagged } = entry.dataset;
  const words = [[unsaved, "not saved"], [unfinished, "unfinished"], [answered, "answered"]]
    .find(([is]) => is === "true")?.[1] ?? "not answered";
  entry.querySelector("span").textContent = flagged === "true" ? `${words}, flagged` : words;
};

// ---- sending: one request at a time, in order, again and again until the server has answered

const asked = async (path, options) => {
  try {
    const answer = await fetch(`${address}/${path}`, { signal: AbortSignal.timeout(PATIENCE), ...options });
    return { status: answer.status, after: Number(answer.headers.get("Retry-After")), body: await answer.json() };
  } catch {
    return { status: 0, after: 0 }; // no connection, or no answer in time: try again
  }
};

const post = (path, body) => asked(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.querySelector("[name=csrf]").value },
  body: JSON.stringify(body),
  keepalive: true,
});

const isLater = ({ status }) => status === 0 || status === 429 || status >= 500; // worth another try
const isSignedOut = ({ status }) => status === 401 || status === 403;

const connection = () => new Promise((back) => addEventListener("online", back, { once: true }));
let sending = null; // the entry that is on its way
let draining = null;
let failing = false; // the last try found no server
let whenFailing = () => {};
let wanted = null; // the question that is to come back with the last answer
let brought = null; // what came back
const drain = () => (draining ??= sendAll().finally(() => { draining = null; }));

const sendAll = async () => {
  let tries = 0;
  while (!blocked && !journal.isSent()) {
    sending = journal.next();
    // Told as late as possible: what this page has heard of its own answers since belongs to it.
    if (sending.client === client && sending.kind === "saves") sending.seen = Math.max(sending.seen, known.get(sending.item_id) ?? 0);
    const { kind, made, ...body } = sending;
    const turns = kind === "saves" && journal.isLast(sending) ? wanted : null;
    const answer = turns ? await post("turns", { ...turns, answer: body }) : await post(kind, body);
    const entry = sending;
    sending = null;
    failing = isLater(answer);
    if (answer.status === 200) {
      tries = 0;
      if (turns) brought = { ...answer.body, place: turns.place };
      acknowledged(entry, turns ? answer.body.saved : answer.body);
    } else if (failing) {
      tries += 1;
      whenFailing();
      say("waiting", "Not saved yet – trying again. Your answer is kept on this device.");
      const wait = Math.max(answer.after * 1000, Math.min(LONGEST_WAIT, 500 * 2 ** tries));
      await Promise.race([pause(wait * (0.75 + Math.random() / 2)), connection()]);
    } else {
      refused(entry, answer);
    }
  }
  sendSignals();
};

const acknowledged = (entry, { version, at, remaining, unfinished, echo }) => {
  journal.remove(entry);
  setClock(remaining);
  if (!byId("trouble").querySelector("[data-asks]")) byId("trouble").replaceChildren();
  if (entry.kind !== "saves") return;
  known.set(entry.item_id, Math.max(known.get(entry.item_id) ?? 0, version));
  const answered = !unfinished && Object.values(entry.fields).flat().some((value) => value.trim() !== "");
  mark(entry.item_id, { answered, unfinished: Boolean(unfinished), unsaved: false });
  if (entry.item_id !== page().item || journal.answerTo(entry.item_id) || typing !== null) return;
  lacking = unfinished ?? null;
  saved(at, { unfinished, echo });
};

const refused = (entry, answer) => {
  const { code, title, text, recorded } = answer.body;
  if (code === "attempt_closed") { // kept: the receipt hands over what did not arrive in time
    ended();
  } else if (isSignedOut(answer)) {
    signedOut();
  } else if (code === "sat_elsewhere") { // kept: it is sent when the exam has moved back here
    satElsewhere(title, text);
  } else if (code === "sequence_reused") { // another page has this number: the answer gets a new one
    journal.remove(entry);
    seq += 1000;
    journal.add({ ...entry, client, seq }, sending);
  } else if (entry.kind === "flags") {
    journal.remove(entry);
  } else { // of a part that is closed it is kept until the end, and handed over then
    journal.refuse(entry, { code, title, text, recorded });
    mark(entry.item_id, { unsaved: true });
    const here = entry.item_id === page().item;
    if (code !== "section_over") here && explain(entry);
    else if (here) finish(); // the server says which part comes next
    else nameUnsaved();
  }
};

const explain = (entry) => { // an answer of this page that the server did not take
  const { code, title, text, recorded } = entry.refused;
  say("refused", `Not saved. ${title}.`);
  if (code !== "answer_moved") return void trouble(title, text);
  const keepMine = make("button", { type: "button", textContent: "Keep my answer" });
  keepMine.dataset.asks = "yes";
  keepMine.addEventListener("click", () => {
    known.set(entry.item_id, Math.max(known.get(entry.item_id) ?? 0, recorded));
    byId("trouble").replaceChildren();
    changed(0);
  });
  const takeOther = make("button", { type: "button", className: "quiet", textContent: "Take the other answer" });
  takeOther.addEventListener("click", () => {
    journal.remove(...journal.answers().filter((each) => each.item_id === entry.item_id && each.refused));
    byId("trouble").replaceChildren();
    go(location.href, { push: false, anyway: true });
  });
  trouble(title, text, keepMine, takeOther);
};

const block = (title, text, ...controls) => {
  blocked = true;
  byId("answer")?.setAttribute("inert", "");
  trouble(title, text, ...controls);
};

const signedOut = () => block("Please sign in again", "What is not saved yet is kept on this device, and is sent when "
  + `you are back. ${uploads.busy() ? "A file that was on its way has to be chosen again. " : ""}The time goes on.`, make("a", {
  className: "button", href: `/sign-in?then=${location.pathname}`, textContent: "Sign in and go on" }));

const satElsewhere = (title, text) => block(title, text, make("a", {
  className: "button", href: `/account/move?then=${location.pathname}`, textContent: "Move the exam here" }));

const ended = () => { // the server has closed the exam: by time, or by the staff
  if (blocked) return;
  commit();
  blocked = true;
  location.assign(`${address}/receipt`);
};

// ---- files, which are sent by themselves

const uploads = openUploads({
  client,
  nextSeq: () => {
    seq += 1;
    return seq;
  },
  token: () => document.querySelector("[name=csrf]").value,
  blocked: () => blocked,
  stored: (item, { version, at, remaining, unfinished, echo }) => {
    setClock(remaining);
    known.set(item, Math.max(known.get(item) ?? 0, version));
    mark(item, { answered: !unfinished, unfinished: Boolean(unfinished), unsaved: false });
    if (item !== page().item) return;
    byId("trouble").replaceChildren();
    lacking = unfinished ?? null;
    saved(at, { unfinished, echo });
  },
  refused: (answer) => { // what concerns the whole exam
    const { code, title, text } = answer.body;
    if (code === "attempt_closed") ended();
    else if (isSignedOut(answer)) signedOut();
    else if (code === "sat_elsewhere") satElsewhere(title, text);
    else if (code === "section_over") finish();
    else return false;
    return true;
  },
});

// ---- answering

let typing = null; // the timer of text that is being typed
let lacking = null; // why the answer on this page is no whole one, as the server says

const keep = (kind, body) => {
  seq += 1;
  journal.add({ kind, client, seq, made: Date.now(), item_id: page().item, ...body }, sending);
  return drain();
};

const fieldsOf = (form) => {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("response")) (fields[name] ??= []).push(value);
  }
  return fields;
};

const commit = () => { // hands over what was changed on this page, if anything was
  if (typing === null || blocked) return;
  clearTimeout(typing);
  typing = null;
  keep("saves", { fields: fieldsOf(byId("answer")), seen: known.get(page().item) ?? 0 });
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
  form.dispatchEvent(new Event("restored"));
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

// Arrow keys that were meant to scroll change what has the focus. That is how the browser has it,
// and people who choose by keyboard rely on it: the change is said, and can be taken back.
const ARROWS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]);

const nameOf = (control) => (control.matches("select")
  ? control.selectedOptions[0].textContent
  : control.closest("label")?.textContent ?? control.value).trim();

const offerUndo = (form, control, before) => {
  const button = make("button", { type: "button", className: "quiet", textContent: "Undo" });
  button.addEventListener("click", () => {
    restore(form, before);
    byId("undo").replaceChildren();
    (form.querySelector(":checked") ?? control).focus();
    changed(0);
  });
  byId("undo").replaceChildren(`Answer changed to “${nameOf(control).slice(0, 60)}”. `, button);
};

const listen = (form) => {
  const isTyped = (control) => control.matches("textarea, input:not([type=radio], [type=checkbox])");
  let before = fieldsOf(form);
  let byArrow = false;
  byId("save").after(make("p", { id: "undo", className: "undo" }));
  byId("undo").setAttribute("role", "status");
  form.addEventListener("pointerdown", () => { byArrow = false; });
  form.addEventListener("input", ({ target }) => {
    const had = before[target.name]?.some((value) => value !== "");
    if (byArrow && had && !isTyped(target)) offerUndo(form, target, before);
    else byId("undo").replaceChildren();
    before = fieldsOf(form);
    changed(isTyped(target) ? TYPING_PAUSE : 0);
  });
  form.addEventListener("keydown", (event) => { // Enter in a field saves, and presses no button
    byArrow = ARROWS.has(event.key);
    if (event.key !== "Enter" || !event.target.matches("input:not([type=file]), select")) return;
    event.preventDefault();
    commit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { id, value } = event.submitter ?? {};
    if (id === "flag") flag(event.submitter);
    else if (id === "clear") {
      restore(form, {});
      before = {};
      changed(0);
    } else if (value?.startsWith("play-")) {
      play(event.submitter, (place) => post("plays", { item_id: page().item, place, client }));
    } else if (value && value !== "stay") go(`${address}/${thereOf(value)}`);
  });
};

const thereOf = (value) => {
  const place = Number(location.pathname.split("/").at(-1));
  return { next: `items/${place + 1}`, previous: `items/${place - 1}`, review: "review" }[value] ?? `items/${value}`;
};

// ---- moving through the exam, and never away from an answer that is not saved

const patiently = async (awaited, words) => { // says so when it takes long
  const slow = setTimeout(() => trouble("The connection is slow", words), SLOW);
  try {
    return await awaited;
  } finally {
    clearTimeout(slow);
  }
};

// True when all is saved; false as soon as a try finds no server. However slow the line is, the
// press that asked for it waits, and says that it does. The question that is wanted next comes
// back with the last answer, if one is still to be sent.
const settled = async (next = null) => {
  if (uploads.busy()) {
    const arrived = await patiently(uploads.settled(), "Your file is on its way. You go on as soon as it is "
      + "stored. To go on without it, cancel it.");
    if (!arrived) return false;
  }
  wanted = next;
  commit();
  if (journal.isSent()) return true;
  if (failing) return false;
  const failed = new Promise((tell) => { whenFailing = () => tell(false); });
  const sent = Promise.race([drain().then(() => journal.isSent()), failed]);
  const done = await patiently(sent, "Your answer is on its way. You go on as soon as it is saved.");
  wanted = null;
  return done;
};

const offline = () => (uploads.busy()
  ? trouble("A file is not saved yet", "Stay on this page: the file is kept as long as it is open, and is sent as "
    + "soon as the connection is back. To go on without it, cancel it.")
  : trouble("No connection at the moment", "Stay on this page. What you answered is kept "
    + "on this device, and is sent as soon as the connection is back."));

const load = (href) => fetch(href, {
  headers: { Accept: "text/html", "X-Exam-Page": client }, signal: AbortSignal.timeout(PATIENCE),
}).catch(() => null);

// What asks for a question that is listed here: this page can turn to it without being drawn anew.
const turnTo = (href) => {
  const place = Number(/\/items\/(\d+)$/.exec(new URL(href, location).pathname)?.[1]);
  const list = document.querySelector(".questions");
  if (!byId("answer") || !list.querySelector(`[data-place="${place}"]`)) return null;
  const told = warned === lackOf(lacking) ? lacking : null;
  return { client, place, chosen: Number(list.dataset.chosen), warned: told };
};

const lackOf = (lacking) => lacking && `${page().item}: ${lacking}`;

let pressed = 0; // the newest press counts
let warned = null; // the unfinished answer that was pointed out already

const go = async (href, { push = true, anyway = false } = {}) => {
  pressed += 1;
  const press = pressed;
  const next = blocked || anyway ? null : turnTo(href);
  brought = null;
  if (!blocked && !(await settled(push ? next : null))) {
    offline();
    return false;
  }
  if (press !== pressed) return true;
  const lack = lackOf(lacking);
  if (lack && lack !== warned && !anyway && push) {
    warned = lack;
    trouble("This answer is unfinished", `${lacking} You can finish it now, or go on and come back to it: press again.`);
    return false;
  }
  if (next && !blocked) {
    const came = brought?.place === next.place ? { status: 200, body: brought }
      : await patiently(post("turns", next), "The question is on its way.");
    if (press !== pressed) return true;
    if (isLater(came)) {
      offline();
      return false;
    }
    if (came.body.question) return turned(came.body, next.place, push ? href : null);
    if (came.body.saved?.unfinished) return false; // and more is being typed already
  }
  const answer = await patiently(load(href), "The page is on its way.");
  if (press !== pressed) return true;
  if (!answer?.ok) {
    offline();
    return false;
  }
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!drawn.getElementById("timer") || blocked) {
    location.assign(answer.url);
    return true;
  }
  show(drawn, push ? answer.url : null);
  return true;
};

// Puts a question in the place of the one before; the rest of the page stays as it is.
const turned = ({ question, version, remaining }, place, href) => {
  commit(); // what was typed while the question was on its way
  const { html, item, unfinished, echo, flagged, answered, saved_at, list } = question;
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
  const same = replaceQuestion(parsed(html));
  if (list) document.querySelector(".questions").replaceWith(parsed(list));
  Object.assign(page(), { item, version, remaining });
  if (unfinished) page().unfinished = unfinished;
  else delete page().unfinished;
  for (const each of document.querySelectorAll(".questions button")) {
    if (Number(each.dataset.place) === place) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  mark(item, { answered, unfinished: Boolean(unfinished), flagged });
  document.title = `${byId("heading").textContent} · ${page().title}`;
  byId("trouble").replaceChildren();
  if (saved_at) saved(saved_at, { unfinished, echo });
  if (href) history.pushState(null, "", href);
  arrive(same);
  return true;
};

// Puts a question in the place of the one before. What both share stays in its place: how far it
// was scrolled, whether it is open, what is played. True where there is something of the kind.
const replaceQuestion = (drawn) => {
  const before = document.querySelector(".exam-item");
  const kept = before.querySelector(":scope > .shared");
  const coming = drawn.querySelector(":scope > .shared");
  if (!kept || coming?.dataset.shared !== kept.dataset.shared) {
    before.replaceWith(drawn);
    return false;
  }
  for (const each of [...before.children]) if (each !== kept) each.remove();
  const fresh = [...drawn.children];
  const place = fresh.indexOf(coming);
  kept.before(...fresh.slice(0, place));
  kept.after(...fresh.slice(place + 1));
  return true;
};

let toldOf = null; // what several questions share, and is said to be the same once

const arrive = (same = false) => { // at a page or a question that was just drawn
  begin();
  const shared = document.querySelector(".shared");
  const above = same && shared.getBoundingClientRect().bottom <= byId("answer").getBoundingClientRect().top;
  if (above) byId("answer").scrollIntoView({ block: "start" });
  else scrollTo(0, 0);
  byId("heading").focus({ preventScroll: true });
  if (same && toldOf !== shared.dataset.shared) {
    toldOf = shared.dataset.shared;
    byId("announce").textContent = `${shared.querySelector("summary").textContent} is the same as before.`;
  }
};

const show = (drawn, address) => { // draws a page of the exam in the place of the one before
  commit(); // what was typed while it was on its way
  document.title = drawn.title;
  document.querySelector(".exam-mast").replaceChildren(...mastOf(drawn));
  byId("main").replaceWith(drawn.getElementById("main"));
  if (address) history.pushState(null, "", address);
  arrive();
};

// The clock keeps its own elements, so that it goes on; what is said beside them may be new.
const mastOf = (drawn) => {
  for (const id of ["timer", "announce"]) drawn.getElementById(id).replaceWith(byId(id));
  return drawn.querySelector(".exam-mast").childNodes;
};

// Hands in, or opens or leaves a part of the exam: never before every answer has arrived.
const handIn = async (form) => {
  const all = await settled();
  if (blocked) return;
  const answer = all ? await fetch(form.action, {
    method: "POST", body: new FormData(form), headers: { "X-Exam-Page": client },
  }).catch(() => null) : null;
  if (answer?.ok) await led(answer);
  else if (answer && isSignedOut(answer)) signedOut();
  else if (answer && !isLater(answer)) ended();
  else if (uploads.busy()) offline();
  else trouble(form.dataset.failed ?? "Not handed in yet", "There is no connection at the moment. Your answers are safe. Please try again.");
};

const led = async (answer) => { // to another page of the exam, or out of it
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (drawn.getElementById("timer")) show(drawn, answer.url);
  else location.assign(answer.url);
};

const finish = async () => { // the server decides whether the time is over
  uploads.abandon();
  while (!(await go(`${address}/time-up`, { anyway: true }))) await Promise.race([pause(5000), connection()]);
};

// ---- how long the exam still runs: asked now and then, after a sleep, and when the line is back

const ask = async () => {
  if (blocked || !byId("timer")) return;
  const answer = await asked("standing", { headers: { Accept: "application/json" } });
  if (blocked) return;
  if (isSignedOut(answer)) signedOut();
  if (answer.status !== 200) return;
  if (answer.body.over) ended();
  else setClock(answer.body.remaining);
  sendSignals();
};

const askAgain = async () => {
  await pause(ASK_EVERY * (0.8 + Math.random() * 0.4));
  await ask();
  askAgain();
};

const setClock = startClock({ lastCall: () => commit(), over: finish, ask });

// ---- signals: the page went out of sight, or came back; noted, and never judged here

let away = false;
let telling = false;
const signals = []; // what the server has not heard yet, with the moment by both clocks

// Without a connection a signal waits and says how long ago it was: a short look away must not
// become as long as the cut.
const sendSignals = async () => {
  if (telling) return;
  telling = true;
  while (signals.length && !blocked) {
    const { counted, dated, ...body } = signals[0];
    const ago = Math.max(0, performance.now() - counted, Date.now() - dated) / 1000;
    const answer = await post("signals", { ...body, ago: Math.min(ago, 86_400) });
    if (isLater(answer)) break;
    signals.shift();
    if (answer.status === 200) setClock(answer.body.remaining);
  }
  telling = false;
};

const looked = (lost) => {
  if (lost === away || blocked || !byId("timer")) return;
  away = lost;
  seq += 1;
  if (signals.length >= MOST_SIGNALS) signals.splice(1, 2); // a pair in the middle: the first may be on its way
  signals.push({ client, seq, item_id: page().item ?? null, lost, counted: performance.now(), dated: Date.now() });
  return sendSignals();
};

// ---- beginning: once for the script, again for each page that is drawn

const begin = () => {
  showLocalTimes(byId("main"));
  setClock(Number(page().remaining));
  typing = null;
  lacking = null;
  for (const entry of journal.answers().filter((each) => each.refused)) mark(entry.item_id, { unsaved: true });
  const form = byId("answer");
  if (!form) return void nameUnsaved();
  byId("by-hand")?.remove(); // the button and the words for those without this script
  known.set(page().item, Math.max(known.get(page().item) ?? 0, Number(page().version)));
  lacking = page().unfinished ?? null;
  addToControls(form);
  addPlayers(form);
  uploads.attach(form, page().item);
  const waiting = journal.answerTo(page().item);
  if (waiting) {
    restore(form, waiting.fields);
    if (waiting.refused) explain(waiting);
    else say("waiting", "Not saved yet – trying again. Your answer is kept on this device.");
  }
  const touched = !waiting && [...form.elements].some(isTouched);
  listen(form);
  if (touched) changed(0);
};

const nameUnsaved = () => { // on the pages before the end
  const refused = journal.answers().filter((entry) => entry.refused);
  if (refused.length && refused.every((entry) => entry.refused.code === "section_over")) {
    return void trouble("An answer came after its part had closed", "It is kept on this device, and is no part of "
      + "what counts. When the exam has ended it is handed over, and the awarding body decides what becomes of it.");
  }
  const places = refused.map(({ item_id }) =>
    [...document.querySelectorAll("[data-place]")].find((each) => each.dataset.item === item_id)?.dataset.place)
    .filter(Boolean);
  if (!places.length) return;
  const links = [...new Set(places)].map((place) => make("a", { href: `${address}/items/${place}`, textContent: `Question ${place}` }));
  trouble("Not everything is saved", "An answer on this device was not taken. Open the question to see why.", ...links);
};

const sit = () => {
  begin();
  drain();
  document.addEventListener("click", (event) => {
    const within = event.target.closest('a[href^="#"]'); // a place of this page is no other question
    if (within) {
      event.preventDefault();
      const target = byId(within.hash.slice(1));
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "start" });
      return;
    }
    const link = event.target.closest(`a[href^="${address}/"]`);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
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
    if ((!journal.isSent() || uploads.busy()) && !blocked) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    looked(document.hidden);
    if (!document.hidden) ask();
  });
  addEventListener("blur", () => { if (!uploads.choosing()) looked(true); }); // choosing a file is no absence
  addEventListener("focus", () => looked(false));
  addEventListener("online", ask);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) ask(); });
  if (document.hidden) looked(true); // opened behind another page
  askAgain();
};

// ---- after the end: answers that did not arrive in time are handed over for a person to rule on

const asFile = (late) => {
  const file = new Blob([JSON.stringify({ attempt, answers: late }, null, 2)], { type: "application/json" });
  return make("a", {
    className: "button quiet", href: URL.createObjectURL(file), download: `late-answers-${attempt}.json`,
    textContent: "Save them as a file",
  });
};

const lookBack = async () => {
  const late = journal.answers();
  if (!late.length) return;
  const title = "An answer did not arrive in time";
  const why = "An answer given on this device had not reached us when the exam ended, and is not part of what was handed in. ";
  trouble(title, `${why}It is still kept here, and is handed over as soon as there is a connection.`, asFile(late));
  const answers = late.map(({ item_id, fields, made, client: by, seq: number }) => ({ item_id, fields, made, client: by, seq: number }));
  let answer = await post("late", { answers });
  for (let tries = 1; isLater(answer); tries += 1) {
    await Promise.race([pause(Math.min(LONGEST_WAIT, 500 * 2 ** tries)), connection()]);
    answer = await post("late", { answers });
  }
  if (answer.status === 200) {
    trouble(title, `${why}It was handed over now and is kept beside it: the awarding body decides what becomes of it.`, asFile(late));
    journal.remove(...late);
  } else {
    trouble(title, `${why}It is still kept here, and could not be handed over: ${answer.body.text ?? ""} Tell the invigilator or the awarding body.`, asFile(late));
  }
};

if (page().over) lookBack();
else sit();
