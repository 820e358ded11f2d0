// Follows a job: words and progress as they change, and the whole page anew when it has ended.
"use strict";

(() => {
  const standing = document.getElementById("standing");
  const words = document.getElementById("job_words");
  const progress = document.getElementById("job_progress");
  const LOOK_AGAIN_MS = 5000;

  const show = (told) => {
    if (told.state !== standing.dataset.state && !["waiting", "running"].includes(told.state)) {
      source.close();
      location.reload();
      return;
    }
    standing.dataset.state = told.state;
    words.textContent = `${told.stopping ? "Stopping" : told.words} …`;
    if (told.of === null) {
      progress.removeAttribute("value");
    } else {
      progress.max = told.of;
      progress.value = told.done;
    }
  };

  const source = new EventSource(standing.dataset.events);
  source.addEventListener("message", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // A stream that ended is asked for again by itself; one that was refused is not.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), LOOK_AGAIN_MS);
  });
})();
