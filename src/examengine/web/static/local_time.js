// Moments in the time zone of whoever reads them: local time first, the zone named, UTC beside it.
// The server writes UTC, and says so; without this script that is what stands there.

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
    const utc = time.textContent;
    delete time.dataset.show; // once
    time.textContent = localTime(time.dateTime, show);
    if (time.textContent === utc || time.textContent.endsWith("UTC")) continue; // they live by UTC
    if (show === "exact") time.textContent += ` (${utc})`;
    else time.title = utc;
  }
};

// Beside a field that takes UTC: what that is here.
for (const output of document.querySelectorAll("[data-local-of]")) {
  const field = document.getElementById(output.dataset.localOf);
  const tell = () => { output.textContent = field.value ? `That is ${localTime(`${field.value}Z`, "moment")} here.` : ""; };
  field.addEventListener("input", tell);
  tell();
}

showLocalTimes(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showLocalTimes(target));
