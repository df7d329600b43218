// One short message at the foot of the screen, above whatever is open. Not here: what it says.
const SHOWN = 6000; // milliseconds

export class Toast {
  constructor(element) {
    this.element = element;
    this.popover = typeof element.showPopover === "function";
    if (this.popover) element.popover = "manual";
  }

  say(text) {
    clearTimeout(this.timer);
    this.hide();
    if (!text) return;
    if (this.popover) this.element.showPopover(); // the newest is the topmost, above modal dialogs too
    else ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(this.element);
    this.element.textContent = text;
    this.timer = setTimeout(() => this.hide(), SHOWN);
  }

  hide() {
    this.element.textContent = "";
    if (this.popover && this.element.matches(":popover-open")) this.element.hidePopover();
  }
}
