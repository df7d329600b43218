// A phone that nobody touches locks itself. Not here: what locking does.
export const LOCK_AFTER = 15 * 60_000; // milliseconds without a touch
const LOOK = 15_000; // milliseconds between two looks
const TOUCHES = ["pointerdown", "keydown", "input", "wheel"];

export class Idle {
  // `lock` is called when nobody touched the page for `after` milliseconds of `now`.
  constructor(lock, { now = () => Date.now(), after = LOCK_AFTER } = {}) {
    Object.assign(this, { lock, now, after, last: now() });
  }

  begin() {
    for (const name of TOUCHES) addEventListener(name, () => this.touched(), { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), LOOK);
  }

  // A touch counts only while the time is not over: a phone that slept does not wake up open.
  touched() {
    if (!this.look()) this.last = this.now();
  }

  look() {
    const over = this.now() - this.last >= this.after;
    if (over) this.lock();
    return over;
  }

  renew() {
    this.last = this.now();
  }
}
