// <mj-masks> around a picture and the list of boxes that its public copy covers: boxes are drawn with the pointer, and
// each is a line of number fields (hundredths of the picture), which is what is sent. Without JavaScript the fields remain.
const SIDES = ["left", "top", "width", "height"];
const LEAST = 0.4; // hundredths: a smaller box was a click, not a box

// The box between two points, within the picture, with two decimals; null for one that is too small to be meant.
export function boxBetween([x1, y1], [x2, y2]) {
  const within = (value) => Math.min(100, Math.max(0, value));
  const [left, right] = [within(Math.min(x1, x2)), within(Math.max(x1, x2))];
  const [top, bottom] = [within(Math.min(y1, y2)), within(Math.max(y1, y2))];
  if (right - left < LEAST || bottom - top < LEAST) return null;
  const down = (value) => Math.floor(value * 100) / 100;
  const [x, y] = [down(left), down(top)];
  return { left: x, top: y, width: down(right - x), height: down(bottom - y) };
}

class Masks extends (globalThis.HTMLElement ?? Object) {
  connectedCallback() {
    this.svg = this.querySelector(".picture svg");
    this.list = this.querySelector(".boxes");
    this.tools = this.querySelector("[data-tools]");
    this.tools.hidden = false;
    this.drawButton = this.querySelector("[data-draw]");
    this.drawButton.addEventListener("click", () => this.drawing(this.drawButton.getAttribute("aria-pressed") !== "true"));
    this.querySelector("[data-add]").addEventListener("click", () => this.add({ left: 40, top: 40, width: 20, height: 20 }).focus());
    this.list.addEventListener("input", () => this.show());
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.svg.addEventListener(name, (event) => this[name](event));
    }
    this.show();
  }

  get rows() {
    return [...this.list.querySelectorAll(".box-row")];
  }

  drawing(on) {
    this.drawButton.setAttribute("aria-pressed", String(on));
    this.classList.toggle("drawing", on);
  }

  point(event) {
    const frame = this.svg.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * 100, ((event.clientY - frame.top) / frame.height) * 100];
  }

  pointerdown(event) {
    if (!this.classList.contains("drawing")) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    this.start = this.point(event);
  }

  pointermove(event) {
    if (this.start) this.show(boxBetween(this.start, this.point(event)));
  }

  pointerup(event) {
    if (!this.start) return;
    const box = boxBetween(this.start, this.point(event));
    this.start = null;
    if (box) this.add(box);
    this.show();
  }

  pointercancel() {
    this.start = null;
    this.show();
  }

  // Puts a box into the first empty line, or a new one; returns its first field.
  add(box) {
    const empty = this.rows.find((row) => SIDES.every((side) => !this.field(row, side).value));
    const row = empty ?? this.list.appendChild(this.querySelector("template").content.cloneNode(true).firstElementChild);
    for (const side of SIDES) this.field(row, side).value = box[side];
    this.show();
    return this.field(row, "left");
  }

  remove(button) {
    if (!button) return;
    button.closest(".box-row").remove();
    this.show();
    (this.list.querySelector("input") ?? this.drawButton).focus();
  }

  field(row, side) {
    return row.querySelector(`[name=${side}]`);
  }

  show(drawn) {
    const boxes = this.rows.map((row) => Object.fromEntries(SIDES.map((side) => [side, this.field(row, side).value])));
    this.rows.forEach((row, at) => {
      row.querySelector("[data-number]").textContent = at + 1;
      row.querySelector("[data-remove]").hidden = false;
    });
    const rects = [...boxes.filter((box) => box.width), ...(drawn ? [drawn] : [])].map((box) => {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const [x, y, width, height] = SIDES.map((side) => Math.max(0, Number(box[side]) || 0));
      for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
      return rect;
    });
    this.svg.replaceChildren(...rects);
  }
}

globalThis.customElements?.define("mj-masks", Masks);
