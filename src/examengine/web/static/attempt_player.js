// What may be played so many times. The server counts, and says where a playing is sent; here it is
// played from start to end, without controls to stop or wind it back. The page works without this:
// then the button sends the form, and the page that comes back plays.

const RETRY = 2000; // ms between two tries while the line is cut
const STILL_SENT = 115_000; // ms after its end for which the server still sends a playing
const MEDIA_KEYS = ["pause", "stop", "seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"];

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const say = (box, words) => {
  const line = box.querySelector(".player-words");
  if (line.textContent !== words) line.textContent = words;
};

// While it plays the button has nothing to do, and stays, for the keyboard may stand on it.
const offer = (box, words, { idle = false } = {}) => {
  const button = box.querySelector("button");
  if (!button) return;
  button.firstChild.textContent = words;
  button.setAttribute("aria-disabled", idle);
};

let loudness = 1; // of everything on this page

const addVolume = (box) => { // louder or softer before and while it plays, for a playing is not to be wasted
  const label = Object.assign(document.createElement("label"), { className: "volume", textContent: "Volume " });
  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, step: 5 });
  range.value = loudness * 100;
  range.addEventListener("input", (event) => {
    event.stopPropagation(); // it is no answer
    loudness = range.value / 100;
    for (const medium of document.querySelectorAll(".player :is(audio, video)")) medium.volume = loudness;
  });
  label.append(range);
  box.querySelector(".player-how").before(label);
};

const bar = (box, seconds) => { // made once, and kept through a cut
  const found = box.querySelector("progress");
  if (found) return found;
  const shown = Object.assign(document.createElement("progress"), { max: seconds, value: 0 });
  shown.setAttribute("aria-label", "How far it has played");
  box.querySelector(".player-medium").after(shown);
  return shown;
};

const rest = (box) => { // nothing plays: say how often it did, and offer what is left
  const { played, plays } = box.dataset;
  box.querySelector("progress")?.remove();
  say(box, `Played ${played} of ${plays}`);
  const button = box.querySelector("button");
  if (Number(played) < Number(plays)) {
    offer(box, "Play again");
    return;
  }
  const had = box.contains(document.activeElement);
  box.querySelector(".volume")?.remove();
  button?.closest("p").remove();
  const how = box.querySelector(".player-how");
  how.textContent = "It cannot be played again.";
  if (!had) return;
  how.tabIndex = -1; // the keyboard stays where it was
  how.focus({ preventScroll: true });
};

// Plays an element that knows where its playing is sent, and sees it through cuts of the line.
const follow = (box, medium) => {
  const seconds = Number(medium.dataset.seconds);
  const [address, from] = medium.src.split("#t=");
  const shown = bar(box, seconds);
  const [own, limit] = [box.dataset.played, box.dataset.plays];
  let heard = Number(from) || 0;
  const ends = Date.now() + (seconds - heard) * 1000;
  say(box, `Playing ${own} of ${limit}`);
  medium.volume = loudness;
  medium.addEventListener("playing", () => offer(box, "Playing", { idle: true }));
  medium.addEventListener("pause", () => offer(box, "Go on playing"));
  medium.addEventListener("timeupdate", () => {
    heard = Math.max(heard, medium.currentTime);
    shown.value = heard;
    shown.textContent = `${clock(heard)} of ${clock(seconds)}`;
    if (!medium.paused) say(box, `Playing ${own} of ${limit}`);
  });
  medium.addEventListener("ended", () => {
    medium.remove();
    rest(box);
  });
  medium.addEventListener("error", async () => {
    if (!medium.isConnected || !medium.getAttribute("src")) return;
    if (Date.now() > ends + STILL_SENT) {
      medium.remove();
      rest(box);
      say(box, `Played ${own} of ${limit}. The line was cut in it; tell the invigilator.`);
      return;
    }
    say(box, `Playing ${own} of ${limit}. The line is cut: it goes on from here when it is back.`);
    await new Promise((done) => setTimeout(done, RETRY));
    if (!medium.isConnected) return;
    medium.src = `${address}#t=${heard.toFixed(1)}`;
    medium.play().catch(() => {});
  });
  medium.addEventListener("contextmenu", (event) => event.preventDefault());
  return medium.play().catch(({ name: why }) => {
    if (why !== "NotAllowedError") return;
    // It waits for a press, and the clock does not: where it goes on then, the server says.
    medium.remove();
    shown.remove();
    offer(box, "Go on playing");
    say(box, `Playing ${own} of ${limit}. Press “Go on playing” to hear it.`);
    setTimeout(() => {
      if (box.isConnected && box.dataset.played === own && !box.querySelector("audio, video")) rest(box);
    }, Math.max(0, ends - Date.now()));
  });
};

const made = (box, { address, position, seconds, subtitles, language }) => {
  const isVideo = box.dataset.part === "video";
  const medium = document.createElement(isVideo ? "video" : "audio");
  medium.setAttribute("aria-label", isVideo ? "Video" : "Recording");
  medium.playsInline = true;
  medium.dataset.seconds = seconds;
  if (subtitles) {
    const track = Object.assign(document.createElement("track"), { kind: "captions", src: subtitles, label: "Subtitles", default: true });
    if (language) track.srclang = language;
    medium.append(track);
  }
  medium.src = `${address}#t=${position}`;
  return medium;
};

// A button was pressed. `ask` sends it, and gives the status and the body of the answer.
export const play = async (button, ask) => {
  const box = button.closest(".player");
  if (button.getAttribute("aria-disabled") === "true") return;
  const there = box.querySelector("audio, video");
  if (there && !there.ended && !there.error) { // it was stopped from outside, such as by a headset
    await there.play().catch(() => {});
    return;
  }
  if (box.dataset.asking) return;
  box.dataset.asking = "yes";
  const { status, body } = await ask(Number(box.dataset.player));
  delete box.dataset.asking;
  if (status === 409 && body?.code === "plays_used_up") {
    box.dataset.played = box.dataset.plays;
    rest(box);
    return;
  }
  if (status !== 200) {
    say(box, body?.text ?? "There is no connection at the moment. Press again: a playing that has begun is not counted twice.");
    return;
  }
  if (!box.isConnected) return; // the page has turned meanwhile; it goes on by the clock
  box.dataset.played = body.played;
  const medium = made(box, body);
  box.querySelector(".player-medium").replaceChildren(medium);
  await follow(box, medium);
};

// A question was drawn: what plays by the clock goes on.
export const addPlayers = (form) => {
  for (const box of form.querySelectorAll(".player:has(button)")) addVolume(box);
  for (const medium of form.querySelectorAll(".player :is(audio, video)")) follow(medium.closest(".player"), medium);
  if (!form.querySelector(".player") || !("mediaSession" in navigator)) return;
  for (const key of MEDIA_KEYS) {
    try {
      navigator.mediaSession.setActionHandler(key, () => {});
    } catch { /* a key that this browser does not know */ }
  }
};
