// Commands on this phone: kept before anything else happens, sent in order, and gone only when the installation has said
// what became of them and somebody has seen it. Not here: sending (sync.js), photos (photos.js).
import { uuid7 } from "#mj/logic/ids.js";

// waiting: only here · applied: taken (and left at once) · refused, conflict: somebody has to look · settled: looked at.
export class Outbox {
  constructor(world, store, vault) {
    Object.assign(this, { world, store, vault });
  }

  // Keep a command; it exists from here on.
  async add(kind, subject, payload) {
    const command = this.made(kind, subject, payload);
    const row = await this.row(command);
    await this.store.change(["commands"], (stores) => stores.commands.add(row));
    return { ...command, state: "waiting" };
  }

  made(kind, subject, payload) {
    return { id: uuid7(this.world.now(), (bytes) => this.world.crypto.getRandomValues(bytes)), kind, subject, at: new Date(this.world.now()).toISOString(), payload };
  }

  // What is put into the store of a command: all but what sync needs is sealed.
  async row(command) {
    return { id: command.id, subject: command.subject, state: "waiting", box: await this.vault.sealJson(command) };
  }

  // All commands in order, opened: {…command, place, state, problems, current}.
  async all() {
    const rows = await this.store.all("commands");
    return Promise.all(rows.map((row) => this.read(row)));
  }

  async of(subject) {
    const rows = (await this.store.all("commands")).filter((row) => row.subject === subject);
    return Promise.all(rows.map((row) => this.read(row)));
  }

  // Those that were not answered, in order; of no subject of `without`, and at most so many.
  async waiting({ without = new Set(), most = Infinity } = {}) {
    const rows = (await this.store.all("commands")).filter(({ state, subject }) => state === "waiting" && !without.has(subject));
    return Promise.all(rows.slice(0, most).map((row) => this.read(row)));
  }

  async read({ place, state, box, answer }) {
    const told = answer ? await this.vault.unsealJson(answer) : {};
    return { ...(await this.vault.unsealJson(box)), place, state, ...told };
  }

  // Write down what became of commands, and what stands of their subjects now, in one transaction: an applied command
  // leaves only together with the state that holds it. On a phone that is full, what leaves makes room for the rest.
  async answered(outcomes, states) {
    const told = new Map();
    for (const { id, state, problems = [], current = null } of outcomes) {
      if (problems.some(({ code }) => code === "sync.failed")) continue; // a fault over there: tried again
      told.set(id, state === "applied" ? null : { state, answer: await this.vault.sealJson({ problems, current }) });
    }
    const boxes = await Promise.all(Object.entries(states).map(async ([subject, state]) => ({ key: `state ${subject}`, box: await this.vault.sealJson(state) })));
    await this.store.change(["commands", "boxes"], (stores) => {
      for (const [id, answer] of told) this.leave(stores.commands, id, answer);
      for (const box of boxes) stores.boxes.put(box);
    });
  }

  // One command, which is not there any more or keeps its answer; what was answered before stays as it is.
  leave(commands, id, answer) {
    const asked = commands.index("id").get(id);
    asked.onsuccess = () => {
      const row = asked.result;
      if (row?.state !== "waiting") return;
      if (answer) commands.put({ ...row, ...answer });
      else commands.delete(row.place);
    };
  }

  // Somebody has looked at what was refused or in conflict, and chosen.
  async settle(ids) {
    await this.store.change(["commands"], ({ commands }) => {
      for (const id of ids) {
        const asked = commands.index("id").get(id);
        asked.onsuccess = () => asked.result && asked.result.state !== "waiting" && commands.delete(asked.result.place);
      }
    });
  }
}
