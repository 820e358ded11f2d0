// What a script adds to the controls of a question: a slider beside its number, words that can be
// dragged into gaps, regions and points of a picture that can be pressed. Each is another way to
// set a control that is there anyway, so nothing here is needed to answer, and nothing is sent.

const STEP = 40; // an arrow key moves the cross by the 40th part of a picture, with Alt by one unit
const LEAP = 5; // with Shift so many times as far

const told = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));

// ---- a number on a scale: the slider stands somewhere before anybody has answered

const slide = (box, form) => {
  const field = form.elements[box.dataset.slider];
  const range = box.querySelector("input");
  const decimals = (range.step.split(".")[1] ?? "").length;
  const unit = box.dataset.unit;
  const show = () => {
    const read = field.value.trim() === "" ? NaN : Number(field.value.trim().replace("−", "-").replace(",", "."));
    box.dataset.answered = !Number.isNaN(read);
    range.value = Number.isNaN(read) ? range.defaultValue : read;
    range.setAttribute("aria-valuetext", Number.isNaN(read) ? "Not answered yet" : `${range.value} ${unit}`.trim());
  };
  const take = () => {
    field.value = Number(range.value).toFixed(decimals);
    show();
    told(field);
  };
  range.addEventListener("input", (event) => {
    event.stopPropagation(); // the form hears of the field
    take();
  });
  // Where it stands is a fine answer too, and to choose it nothing moves.
  const stay = () => { if (field.value.trim() === "") take(); };
  range.addEventListener("pointerup", stay);
  range.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") stay();
  });
  field.addEventListener("input", show);
  form.addEventListener("restored", show);
  box.hidden = false;
  show();
};

// ---- words for gaps: those that were used are marked, and each can be dragged into a gap

const fill = (words, form) => {
  const gaps = [...form.querySelectorAll(".gaps select")];
  const all = [...words.querySelectorAll("[data-word]")];
  const show = () => {
    const used = new Set(gaps.map((gap) => gap.value));
    for (const word of all) word.dataset.used = "once" in words.dataset && used.has(word.dataset.word);
  };
  let dragged = null;
  for (const word of all) {
    word.draggable = true;
    word.addEventListener("dragstart", (event) => {
      dragged = word.dataset.word;
      event.dataTransfer.setData("text/plain", word.textContent);
      event.dataTransfer.effectAllowed = "copy";
    });
    word.addEventListener("dragend", () => { dragged = null; });
  }
  for (const gap of gaps) {
    gap.addEventListener("dragover", (event) => {
      if (dragged === null) return;
      event.preventDefault();
      gap.dataset.over = true;
    });
    gap.addEventListener("dragleave", () => delete gap.dataset.over);
    gap.addEventListener("drop", (event) => {
      delete gap.dataset.over;
      if (dragged === null) return;
      event.preventDefault();
      gap.value = dragged;
      told(gap);
    });
  }
  form.addEventListener("input", show);
  form.addEventListener("restored", show);
  show();
};

// ---- regions of a picture: to press one is to press its radio button or its box

const mark = (picture, form) => {
  const regions = [...picture.querySelectorAll("[data-region]")];
  const boxes = [...form.querySelectorAll(".choices input")];
  const boxOf = (region) => boxes.find((box) => box.value === region.dataset.region);
  const show = () => {
    for (const region of regions) region.dataset.chosen = boxOf(region).checked;
  };
  for (const region of regions) {
    const box = boxOf(region);
    region.addEventListener("click", () => box.click());
    for (const [event, near] of [["mouseenter", true], ["mouseleave", false]]) {
      box.closest("label").addEventListener(event, () => { region.dataset.near = near; });
    }
    box.addEventListener("focus", () => { region.dataset.near = box.matches(":focus-visible"); });
    box.addEventListener("blur", () => { region.dataset.near = false; });
  }
  picture.dataset.live = true;
  form.addEventListener("input", show);
  form.addEventListener("restored", show);
  show();
};

// ---- a point of a picture: a press sets the cross, arrow keys move it

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const point = (picture, form) => {
  const field = form.elements[picture.dataset.point];
  const drawing = picture.querySelector("svg");
  const cross = drawing.querySelector(".cross");
  const { width, height } = drawing.viewBox.baseVal;
  const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
  const names = new Map(); // the middle of each field of the grid, as it is written
  for (const column of drawing.querySelectorAll("[data-column]")) {
    for (const row of drawing.querySelectorAll("[data-row]")) {
      names.set(`${column.textContent}${row.textContent}`, [Number(column.dataset.column), Number(row.dataset.row)]);
    }
  }
  const placed = () => {
    const said = field.value.trim().toUpperCase();
    const found = /^(\d+),(\d+)$/.exec(said);
    return found ? [Number(found[1]), Number(found[2])] : names.get(said) ?? null;
  };
  const show = () => {
    const at = placed();
    cross.setAttribute("visibility", at ? "visible" : "hidden");
    if (at) cross.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
  };
  const put = (x, y) => {
    field.value = `${within(x, width)},${within(y, height)}`;
    show();
    told(field);
  };
  picture.addEventListener("click", ({ clientX, clientY }) => {
    const box = drawing.getBoundingClientRect();
    put((clientX - box.left) / box.width * width, (clientY - box.top) / box.height * height);
  });
  picture.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = (event.altKey ? 1 : Math.max(1, width / STEP)) * (event.shiftKey ? LEAP : 1);
    const [x, y] = placed() ?? [width / 2, height / 2];
    if (placed()) put(x + move[0] * far, y + move[1] * far);
    else put(x, y); // the first press shows the cross, in the middle
  });
  picture.tabIndex = 0;
  picture.setAttribute("role", "application");
  picture.setAttribute("aria-label", "The picture: move the cross with the arrow keys");
  picture.setAttribute("aria-describedby", picture.dataset.hint);
  document.getElementById(picture.dataset.hint).hidden = false;
  picture.dataset.live = true;
  field.addEventListener("input", show);
  form.addEventListener("restored", show);
  show();
};

// ---- the words of a long text, counted as the server counts them

const ALONE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]/gu; // signs that are words
const wordsIn = (text) => (text.match(ALONE)?.length ?? 0)
  + text.replace(ALONE, " ").split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

const count = (field, form) => {
  const line = document.getElementById(field.dataset.words);
  const limit = Number(field.dataset.limit ?? Infinity);
  const show = () => {
    const words = wordsIn(field.value);
    line.dataset.over = words > limit;
    line.textContent = `${words} ${words === 1 ? "word" : "words"} so far${words > limit ? `, ${words - limit} too many` : ""}.`;
  };
  field.addEventListener("input", show);
  form.addEventListener("restored", show);
  show();
};

const ADDED = { "[data-slider]": slide, ".words": fill, "[data-regions]": mark, "[data-point]": point, "[data-words]": count };

// Adds to each control of a form that can have more; before an answer is restored in it.
export const addToControls = (form) => {
  for (const [selector, add] of Object.entries(ADDED)) {
    for (const element of form.querySelectorAll(selector)) add(element, form);
  }
};
