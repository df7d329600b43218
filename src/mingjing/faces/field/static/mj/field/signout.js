// Taking the phone off its person: refused while something would be lost by it. Not here: how that is said (about.js).

/** Nobody signs out over what is only here: {commands, photos, refused}, each a number. The way out is to send first. */
export class Unsent extends Error {
  constructor(held) {
    super("something is only on this phone");
    Object.assign(this, held);
  }
}

/** How much would be lost with the phone; countable while it is locked. */
export async function held(store) {
  const [commands, photos] = await Promise.all([store.all("commands"), store.all("photos")]);
  const waiting = commands.filter(({ state }) => state === "waiting").length;
  const here = photos.filter(({ state }) => state === "here").length;
  return { commands: waiting, photos: here, refused: commands.length - waiting + photos.filter(({ state }) => state === "refused").length };
}

/** Remove everything from the phone, its key too. Throws Unsent, and then nothing was removed. */
export async function signOut(phone) {
  const found = await held(phone.store);
  if (found.commands + found.photos + found.refused) throw new Unsent(found);
  await phone.erase();
}
