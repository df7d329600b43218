// What the scene of a photo is challenged with, by the committed seed. Mirrors policy/challenges.py, which works it out again
// from what phones promised. Not here: how somebody answers (the shell's camera).
import { challengeOf } from "#mj/assessments/picks.js";

export const ONE_IN = 6; // about as many photos of a scene are challenged

// The challenge of the next photo of an indexed check on the visit of `record`, of which this phone has taken `count`; null
// for none. Phones count for themselves: without a network nobody knows of the others.
export function challengeDue({ seed, subject }, { code, evidence }, count) {
  if (!seed || !evidence?.some((kind) => kind.code === "P")) return null;
  return challengeOf(seed, `${subject}/${code}/${count + 1}`, ONE_IN);
}
