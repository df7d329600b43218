// One visit on a page of its own: the screens as they ship, a phone that keeps everything in memory, and a colleague whom
// the test speaks for. `visit` is what the test reaches into.
import { Work } from "#mj/assessments/work.js";
import { VisitScreen } from "#mj/assessments/visit.js";
import { cardsOf } from "#mj/assessments/home.js";
import { progressOf } from "#mj/assessments/progress.js";
import { uuid7 } from "#mj/logic/ids.js";
import { speak } from "#mj/words.js";

speak(document.documentElement.lang, await (await fetch("/words.json")).json());

// A pack of an installation, where the test brings one (`given`); else an invented visit.
const invented = async () => {
  const rubric = await (await fetch("/vectors/rubric-hetang-2024-B.json")).json();
  const members = [{ token: "p1", name: "演示·张三", part: "staff" }, { token: "p2", name: "演示·李四", part: "staff" }, { token: "p3", name: "演示·王五", part: "expert" }];
  const record = {
    subject: "assessments.visit:12", number: "HT-012", name: "演示·荷塘花园", address: "新华东路 12 号", company: "演示物业服务有限公司",
    class: "B", day: "2026-11-28", team: 3, team_day: "assessments.team_day:5", group: "", seed: "ab".repeat(32), order_due: { days: 1, calendar: "calendar" },
    site: { latitude: "27.8312345", longitude: "113.1612345" }, entry_code: "0".repeat(64), members,
    earlier: [{ check: "B1.1", day: "2026-05-02", place: "物业服务中心", note: "缺承接查验资料", steps: 1 }],
    state: { state: "planned", revision: 0, sheet: {}, entered_at: null, submitted_at: null, returned: null, signed: [], company: "", refusal_waits: false, names: { p2: "演示·李四" }, captures: {} },
  };
  return { person: members[0], record, rubric, notes: [{ check: "B1.1", text: "没有承接查验资料的，按一处计" }] };
};
const { person, record, rubric, notes } = window.given ?? (await invented());
const memory = { commands: [], photos: {}, state: record.state };

const phone = {
  person,
  async send(kind, payload) {
    const command = { id: uuid7(), kind, subject: record.subject, at: new Date().toISOString(), payload, state: "waiting" };
    memory.commands = [...memory.commands, command];
    return command;
  },
  load: async () => ({ state: memory.state, commands: memory.commands }),
  settle: async (ids) => (memory.commands = memory.commands.filter(({ id }) => !ids.includes(id))),
};

// A photo that nobody signed.
async function invent() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return { sha256: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

const app = {
  now: () => new Date().toISOString(), home() {}, say: (text) => (document.querySelector(".fl-said").textContent = text), clockOffset: () => 0,
  scan: async () => "HT7K2M", position: async () => ({ latitude: "27.8412345", longitude: "113.1612345", accuracy: 12 }),
  async takePhoto({ about, challenge }) {
    const { sha256, command } = await (window.shoot ?? invent)(about, challenge);
    memory.photos[sha256] = { state: "local", about, challenge };
    if (command) memory.commands = [...memory.commands, { ...command, state: "waiting" }];
    return [{ sha256 }];
  },
  captures: () => memory.photos, picture: async () => "/ui/mark.svg", signature: async () => "c".repeat(64),
};

const work = await new Work(record, rubric, phone).refresh();
const screen = new VisitScreen(app, [work], { notes });
document.querySelector("main").append(screen.element);

// What has arrived: all that was sent, and what the colleague did, in one state of the installation.
async function arrived(change = (sheet) => sheet) {
  const { sheet, stuck, waiting, ...steps } = work.stand;
  const captures = Object.fromEntries(Object.entries(memory.photos).map(([digest, { about }]) => [digest, { state: "kept", about }]));
  memory.state = { ...memory.state, ...steps, sheet: change(structuredClone(sheet)), captures };
  memory.commands = [];
  await work.refresh();
}

// The colleague changed the first finding after this phone had; what this phone meant came back as a conflict.
async function disputed(place) {
  const [first] = work.sheet.findings;
  const theirs = (one) => (one.id === first.id ? { ...one, version: 7, place: "4栋电梯厅", by: "p2" } : one);
  await arrived((sheet) => ({ ...sheet, findings: sheet.findings.map(theirs) }));
  const payload = { edit: "change", finding: first.id, expected: first.version, place, count: 3 };
  const problems = [{ code: "recording.changed", text: "…", place: first.check }];
  const current = theirs(first);
  memory.commands = [{ id: "x", kind: "assessments.edit", subject: record.subject, at: "2026-11-28T02:00:00Z", state: "conflict", current, payload, problems }];
  await work.refresh();
  screen.show("form", first.check);
}

// Shares that nobody has entered, all good: what takes long by hand and shows nothing new.
async function allGood() {
  const open = ({ kind, code }) => kind === "RATIO" && !work.part(code).findings.length && !work.part(code).absent;
  for (const { code } of rubric.checks.filter(open)) {
    await work.act([{ edit: "find", check: code, finding: uuid7(), good: 20, of: 20, place: "物业服务中心" }]);
  }
}

// Everything answered and with evidence.
async function whole() {
  await allGood();
  for (const { code } of rubric.items) await work.act([{ edit: "looked_rest", item: code }], { of: [] });
  const photo = "a".repeat(64);
  const shown = (one) => ({ ...one, evidence: one.evidence.length ? one.evidence : [photo] });
  await arrived((sheet) => ({ ...sheet, findings: sheet.findings.map(shown) }));
  memory.state.captures[photo] = { state: "kept", about: "" };
  await work.refresh();
}

// What waits to be sent, as it is sent.
function waiting() {
  const under = memory.commands.filter(({ state }) => state === "waiting");
  return under.map(({ id, kind, subject, at, payload }) => ({ id, kind, subject, at, payload }));
}

// What the installation answered to what was sent: taken ones leave, refused ones stay with the reason.
async function answered({ outcomes, states }) {
  const told = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  memory.commands = memory.commands.map((command) => ({ ...command, ...told.get(command.id) })).filter(({ state }) => state !== "applied");
  memory.state = states[record.subject] ?? memory.state;
  await work.refresh();
}

// The day's cards on their own.
function cards(opened, state = {}) {
  const day = { subject: "assessments.team_day:5", day: record.day, team: 3, round: "2026 年第一轮", opened, members: record.members };
  const at = (name, group, more) => ({ record: { ...record, subject: `assessments.visit:${name}`, name: `演示·${name}`, group }, stand: { ...memory.state, state: "planned", entered_at: null, submitted_at: null, returned: null, ...more }, answered: 12, total: progressOf(work).total, disputes: 0 });
  const visits = [at("桂花花园", "G1"), at("金钩山小区", "G1"), at("美的城", "", { state: "returned", entered_at: "x", returned: { reason: "消防通道的处数与照片不符，请核对" } }), at("月桂里", "", { state: "signed", entered_at: "x", submitted_at: "x", ...state })];
  document.querySelector("main").replaceChildren(...cardsOf([day], visits, { latitude: "27.84", longitude: "113.16" }, { openDay() {}, open() {} }));
}

Object.assign(window, { visit: { work, screen, memory, answered, disputed, allGood, whole, waiting, cards } });
