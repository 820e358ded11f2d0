// An area of a picture is drawn by pressing on the picture: two presses make a rectangle or a circle,
// each further one a corner of a polygon. Nothing is dragged. The numbers stand in the field of the
// area, where they can be typed as well; editor.js saves them and shows the shape.

const SVG = "http://www.w3.org/2000/svg";
const NEXT = {
  rectangle: ["one corner", "the corner opposite"],
  circle: ["its middle", "a point of its border"],
  polygon: ["a corner", "the next corner"],
};

let drawn = ""; // the id of the field that gets the numbers
let first = null; // where the first of two presses was
let anew = false; // whether the numbers that stand there are of another shape

const field = () => document.getElementById(drawn);
const shape = () => document.querySelector(`[data-shape="${drawn}"]`);

const say = () => {
  const hint = document.getElementById("drawing");
  if (!hint) return;
  hint.hidden = !field() || !document.querySelector("[data-drawing-on]");
  if (hint.hidden) return;
  const called = field().closest(".row").querySelector("legend").textContent.trim();
  const begun = first !== null || (shape().value === "polygon" && !anew && field().value.trim() !== "");
  const words = `${called}: press on the picture at ${NEXT[shape().value || "rectangle"][begun ? 1 : 0]}.`;
  if (hint.textContent !== words) hint.textContent = words;
};

const show = () => {
  const picture = document.querySelector("[data-drawing-on]");
  picture?.toggleAttribute("data-live", Boolean(field()));
  picture?.querySelector("[data-first]")?.remove();
  const place = drawn.replace(/\.shape$/, "");
  for (const one of picture?.querySelectorAll("[data-place]") ?? []) one.toggleAttribute("data-drawn", one.dataset.place === place);
  if (picture && first) {
    const dot = document.createElementNS(SVG, "circle");
    const size = Math.max(1, Number(picture.dataset.drawingOn.split(" ")[0]) / 100);
    for (const [name, value] of Object.entries({ cx: first[0], cy: first[1], r: size })) dot.setAttribute(name, value);
    dot.toggleAttribute("data-first", true);
    picture.querySelector("svg").append(dot);
  }
  say();
};

const choose = (row) => {
  const select = row?.querySelector("[data-shape]");
  if (!select || select.dataset.shape === drawn) return;
  drawn = select.dataset.shape;
  first = null;
  anew = false;
  show();
};

const write = (numbers) => {
  field().value = numbers.join(", ");
  field().dispatchEvent(new Event("input", { bubbles: true }));
};

const SHAPES = {
  rectangle: ([x1, y1], [x2, y2]) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(1, Math.abs(x2 - x1)), Math.max(1, Math.abs(y2 - y1))],
  circle: ([x, y], [x2, y2]) => [x, y, Math.max(1, Math.round(Math.hypot(x2 - x, y2 - y)))],
};

const press = (point) => {
  if (!shape().value) shape().value = "rectangle";
  if (shape().value === "polygon") {
    const there = anew ? "" : field().value.trim();
    anew = false;
    write(there ? [there.replace(/,$/, ""), ...point] : point);
  } else if (first) {
    const numbers = SHAPES[shape().value](first, point);
    first = null;
    write(numbers);
  } else first = point;
  show();
};

document.addEventListener("focusin", (event) => choose(event.target.closest?.("#draft .row")));
document.addEventListener("put", show);
document.addEventListener("change", (event) => {
  choose(event.target.closest?.("#draft .row"));
  if (event.target.dataset.shape !== drawn || !drawn) return;
  first = null;
  anew = true;
  show();
});
document.addEventListener("click", ({ target, clientX, clientY }) => {
  const picture = target.closest?.("[data-drawing-on]");
  if (!picture || !field()) return;
  const [width, height] = picture.dataset.drawingOn.split(" ").map(Number);
  const box = picture.querySelector("svg").getBoundingClientRect();
  const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
  press([within((clientX - box.left) / box.width * width, width), within((clientY - box.top) / box.height * height, height)]);
});
