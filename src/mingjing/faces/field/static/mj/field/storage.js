// Room on the phone, and whether the browser may throw the store away: asked for early, told before it bites.
const DAY = 24 * 3600 * 1000;
const PURGE = 7 * DAY; // Safari empties the store of a page that was not opened for a week, unless it is installed
const AHEAD = 72; // hours: "now" is told so long before it can happen
export const LITTLE = 200 * 2 ** 20;

/** Ask the browser to keep the store for good; whether it does. */
export async function persist({ storage }) {
  if (await storage?.persisted?.()) return true;
  return Boolean(await storage?.persist?.());
}

/**
 * What endangers what is only here: {persisted, free, quota, risk: "none" | "soon" | "now", hoursLeft, why}. `openedAt` is
 * when the app was last used, `unsent` how much is only here. "soon" holds from the first thing that is only here on a
 * store that is not kept for good: nobody is told anything while the app is shut, so it is told while it is open.
 */
export async function eviction({ storage, now }, { openedAt, unsent }) {
  const { quota = 0, usage = 0 } = (await storage?.estimate?.()) ?? {};
  const persisted = Boolean(await storage?.persisted?.());
  const free = Math.max(0, quota - usage);
  const idle = Math.max(0, now() - openedAt); // a clock that was set back says nothing
  const hoursLeft = Math.max(0, Math.floor((PURGE - idle) / 3_600_000));
  const told = { persisted, free, quota, hoursLeft };
  if (quota && free < LITTLE) return { ...told, risk: "now", why: "full" };
  if (!persisted && unsent) return { ...told, risk: hoursLeft <= AHEAD ? "now" : "soon", why: "not_persisted" };
  return { ...told, risk: "none", why: "" };
}
