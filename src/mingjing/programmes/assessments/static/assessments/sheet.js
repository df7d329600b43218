// <mj-sheet> around the form of a visit: keys to walk the checks and answer them, and the search among them.
// Without JavaScript every check still has its plain forms.
const FIELDS = "input:not([type=checkbox]):not([type=radio]), select, textarea";

class Sheet extends HTMLElement {
  connectedCallback() {
    this.find = this.querySelector("[data-find]");
    this.find?.addEventListener("input", () => this.filter());
    this.querySelector("[data-keys-button]")?.addEventListener("click", () => this.keys());
    document.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("toggle", (event) => this.offer(event.target), true);
    // A refused edit (409, 422) comes with the check as it stands and the reason: it is shown like any other answer.
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      if ([409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
    });
    document.body.addEventListener("htmx:afterSettle", (event) => this.settle(event.detail.elt));
  }

  // What was found since the page came can be the same thing as what is entered now: a form that opens offers all of it.
  offer(details) {
    const select = details.open && details.querySelector("[name=same_as]");
    if (!select) return;
    const [own, chosen] = [details.querySelector("[name=finding]")?.value, select.value];
    select.replaceChildren(select.options[0], document.getElementById("things").content.cloneNode(true));
    for (const option of [...select.options]) if (option.value && option.value === own) option.remove();
    select.value = [...select.options].some((option) => option.value === chosen) ? chosen : "";
    select.closest("label").hidden = select.options.length < 2;
  }

  get checks() {
    return [...this.querySelectorAll(".check")].filter((check) => check.offsetParent);
  }

  get current() {
    return document.activeElement?.closest?.(".check") ?? null;
  }

  settle(element) {
    const id = element?.closest?.(".check")?.id ?? element?.id;
    const check = id && document.getElementById(id);
    if (check?.classList.contains("check")) check.focus({ preventScroll: true });
    this.filter();
  }

  filter() {
    const words = (this.find?.value ?? "").toLowerCase().replace(/[\s.]+/g, " ").trim().split(" ").filter(Boolean);
    let shown = 0;
    for (const item of this.querySelectorAll(".sheet-item")) {
      let some = false;
      for (const check of item.querySelectorAll(".check")) {
        const hit = words.every((word) => check.dataset.words.includes(word));
        check.hidden = !hit;
        some ||= hit;
      }
      item.hidden = !some;
      shown += some;
    }
    const nothing = this.querySelector("[data-nothing]");
    if (nothing) nothing.hidden = shown > 0;
  }

  keys() {
    const box = document.getElementById("keys");
    box.hidden = !box.hidden;
    this.querySelector("[data-keys-button]")?.setAttribute("aria-expanded", String(!box.hidden));
  }

  go(step, wanted = () => true) {
    const checks = this.checks;
    const from = checks.indexOf(this.current);
    const ahead = step > 0 ? checks.slice(from + 1) : checks.slice(0, Math.max(from, 0)).reverse();
    const next = ahead.find(wanted);
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  }

  answer(key) {
    const control = this.current?.querySelector(`[data-key="${key}"]`);
    if (!control) return;
    control.click();
    const details = control.closest("details");
    if (details?.open) details.querySelector(FIELDS.replaceAll("input:", "input:not([type=hidden]):"))?.focus();
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.(FIELDS);
    if (event.key === "Escape") return this.leave(event.target);
    if (typing) return;
    const acts = {
      j: () => this.go(1), ArrowDown: () => this.go(1), k: () => this.go(-1), ArrowUp: () => this.go(-1),
      n: () => this.go(1, (check) => check.dataset.state === "open"), "/": () => this.find?.focus(), "?": () => this.keys(),
      0: () => this.answer("0"), 1: () => this.answer("1"), 2: () => this.answer("2"),
    };
    if (!(event.key in acts) || (event.key.startsWith("Arrow") && !this.current)) return;
    event.preventDefault();
    acts[event.key]();
  }

  leave(element) {
    const details = element.closest?.("details[open]");
    const check = element.closest?.(".check");
    if (details) details.open = false;
    if (check) check.focus({ preventScroll: true });
    else element.blur?.();
  }
}

customElements.define("mj-sheet", Sheet);
