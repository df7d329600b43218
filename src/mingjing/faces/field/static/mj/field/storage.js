// Room on the phone, and whether the browser may throw the store away: asked for early, told before it bites.
const DAY = 24 * 3600 * 1000;
const PURGE = 7 * DAY; // Safari empties the store of a page that was not opened for a week, unless it is installed
export const LITTLE = 200 * 2 ** 20;

// Ask the browser to keep the store for good; whether it does.
export async function persist({ storage }) {
  if (await storage?.persisted?.()) return true;
  return Boolean(await storage?.persist?.());
}

// {persisted, free, quota, risk: "none" | "soon" | "now", hoursLeft, why}. `openedAt` is when the app was last used,
// `unsent` how many photos are only here.
export async function eviction({ storage, now }, { openedAt, unsent }) {
  const { quota = 0, usage = 0 } = (await storage?.estimate?.()) ?? {};
  const persisted = Boolean(await storage?.persisted?.());
  const free = Math.max(0, quota - usage);
  const hoursLeft = Math.max(0, Math.floor((openedAt + PURGE - now()) / 3_600_000));
  if (quota && free < LITTLE) return { persisted, free, quota, risk: "now", hoursLeft, why: "full" };
  if (!persisted && unsent) return { persisted, free, quota, risk: hoursLeft <= 72 ? "now" : "soon", hoursLeft, why: "not_persisted" };
  return { persisted, free, quota, risk: "none", hoursLeft, why: "" };
}
