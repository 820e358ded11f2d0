// Moments in the time zone of whoever reads them: local time first, the zone named, and beside it the
// time of the organisation. The server writes that one, its zone named; without this script it stands
// there alone.

// English like the page; whether it is 15:05 or 3:05 pm is as this browser's language has it.
const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle, timeZoneName: "short" };
const DAY = { day: "numeric", month: "short", year: "numeric" };
const written = (parts) => new Intl.DateTimeFormat("en-GB", parts);

const FORMS = {
  moment: written({ ...DAY, ...CLOCK }),
  second: written({ ...CLOCK, second: "2-digit" }),
  exact: written({ ...DAY, ...CLOCK, second: "2-digit" }),
};

export const localTime = (at, show = "second") => FORMS[show].format(new Date(at));

export const showLocalTimes = (root) => {
  for (const time of root.querySelectorAll("time[data-show]")) {
    const { show } = time.dataset;
    const theirs = time.textContent;
    delete time.dataset.show; // once
    time.textContent = localTime(time.dateTime, show);
    if (time.textContent === theirs || [theirs, time.textContent].every((text) => text.endsWith("UTC"))) continue; // the same clock
    if (show === "exact") time.textContent += ` (${theirs})`;
    else time.title = theirs;
  }
};

showLocalTimes(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showLocalTimes(target));

// Which moment a clock in `zone` shows as `typed` (2026-11-21T09:00), in milliseconds. What the clock
// shows at a first guess says how far off that is; twice, for nights in which clocks are set.
const momentOf = (typed, zone) => {
  const wanted = Date.parse(`${typed}Z`);
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const shown = (at) => Date.parse(`${clock.format(at).replace(" ", "T")}Z`);
  const guess = 2 * wanted - shown(wanted);
  return guess + wanted - shown(guess);
};

// Beside a field that takes the time of the organisation: what that is here.
for (const output of document.querySelectorAll("[data-local-of]")) {
  const field = document.getElementById(output.dataset.localOf);
  const tell = () => { output.textContent = field.value ? `That is ${localTime(momentOf(field.value, output.dataset.zone), "moment")} here.` : ""; };
  field.addEventListener("input", tell);
  tell();
}
