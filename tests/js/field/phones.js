// A phone for tests of one thing at a time: bound and unlocked, over an installation that is well unless it is told not to be.
import { Phone } from "#mj/field/phone.js";
import { Handset, Page } from "./browser.js";
import { Chance } from "./chance.js";
import { Installation } from "./installation.js";
import { Network, WELL } from "./network.js";
import { fakeIndexedDB } from "./packages.js";
import { double } from "./signing.js";

export const PIN = "246810";

export async function bound({ seed = 1, faults = {}, signing = null, world: changes = {} } = {}) {
  const chance = new Chance(seed), signs = signing ?? double(chance);
  const installation = new Installation(signs, chance), handset = new Handset(new fakeIndexedDB.IDBFactory(), chance);
  const network = new Network(installation, chance, WELL), requests = [];
  network.tell = (line) => requests.push(line);
  const opened = async () => {
    const page = new Page(handset, signs);
    const phone = await Phone.open(Object.assign(page.world(network.fetch(page)), changes));
    return { page, phone };
  };
  const { page, phone } = await opened();
  await phone.device.enrol("CODE-1", "phone");
  await phone.vault.create(PIN);
  await phone.sync.run({ pack: true });
  network.faults = { ...WELL, ...faults };
  requests.length = 0;
  return { page, phone, installation, handset, network, requests, chance, opened };
}

export function picture(chance, size) {
  const bytes = chance.fill(new Uint8Array(size));
  bytes[0] = 1;
  return bytes;
}

export const shown = { subject: "t.visit:1", about: "A1", kind: "t.photo" };
