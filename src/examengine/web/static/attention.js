// Words for what HTMX could not do: a refusal, or no connection. Nothing else lives here.
"use strict";

(() => {
  const place = document.getElementById("attention");

  const say = (title, text) => {
    const heading = document.createElement("strong");
    heading.textContent = title;
    const words = document.createElement("span");
    words.textContent = ` ${text}`;
    place.replaceChildren(heading, words);
  };

  document.body.addEventListener("refused", (event) => say(event.detail.title, event.detail.text));
  document.body.addEventListener("htmx:sendError", () =>
    say("No connection.", "Nothing was changed. Check the network and try again."));
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.xhr.status < 400) place.replaceChildren();
  });
})();
