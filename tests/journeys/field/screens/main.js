// One visit on a page of its own: the screens as they ship, a phone that keeps everything in memory, and a colleague whom
// the test speaks for. `visit` is what the test reaches into.
import { Work } from "#mj/assessments/work.js";
import { VisitScreen } from "#mj/assessments/visit.js";
import { cardsOf } from "#mj/assessments/home.js";
import { progressOf } from "#mj/assessments/progress.js";
import { uuid7 } from "#mj/logic/ids.js";

const asked = new URLSearchParams(location.search);
const rubric = await (await fetch(`/vectors/rubric-hetang-2024-${asked.get("class") ?? "B"}.json`)).json();
const person = { token: "p1", name: "演示·张三" };
const site = { latitude: "27.8312345", longitude: "113.1612345" };
const record = {
  subject: "assessments.visit:12", number: "HT-012", name: "演示·荷塘花园", address: "新华东路 12 号", company: "演示物业服务有限公司",
  class: rubric.class.code, day: "2026-11-28", team: 3, team_day: "assessments.team_day:5", group: "", site, seed: "ab".repeat(32), order_due: { days: 1 },
  entry_code: "c36b31bf25d7a19b5cc0d1a2a2ae9d57dd0c0f6a4a7b4d4d0a5a7d3e0f1b2c3d",
  members: [{ token: "p1", name: "演示·张三", part: "staff" }, { token: "p2", name: "演示·李四", part: "staff" }, { token: "p3", name: "演示·王五", part: "expert" }],
  earlier: [{ check: `${rubric.class.code}1.1`, day: "2026-05-02", place: "物业服务中心", note: "缺承接查验资料", steps: 1 }],
};
const memory = {
  commands: [], photos: {},
  state: { state: "planned", revision: 0, sheet: {}, entered_at: null, submitted_at: null, returned: null, signed: [], company: "", refusal_waits: false, names: { p2: "演示·李四" }, captures: {} },
};

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

const app = {
  now: () => new Date().toISOString(), home() {}, clockOffset: () => 0,
  scan: async () => "HT7K2M", position: async () => ({ latitude: "27.8412345", longitude: "113.1612345", accuracy: 12 }),
  async takePhoto({ about, challenge }) {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const sha256 = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    memory.photos[sha256] = { state: "local", about, challenge };
    return [{ sha256 }];
  },
  captures: () => memory.photos, picture: async () => "/ui/mark.svg", signature: async () => "c".repeat(64),
};

const work = await new Work(record, rubric, phone).refresh();
const screen = new VisitScreen(app, [work], { notes: [{ check: `${rubric.class.code}1.1`, text: "没有承接查验资料的，按一处计" }] });
document.querySelector("main").append(screen.element);

// What has arrived: all that was sent, and what the colleague did, in one state of the installation.
async function arrived(change = (sheet) => sheet) {
  const { sheet, stuck, waiting, ...steps } = work.stand;
  const captures = Object.fromEntries(Object.entries(memory.photos).map(([digest, { about }]) => [digest, { state: "kept", about }]));
  memory.state = { ...memory.state, ...steps, sheet: change(structuredClone(sheet)), captures };
  memory.commands = [];
  await work.refresh();
}

// The day's cards on their own.
function cards(opened, state = {}) {
  const day = { subject: "assessments.team_day:5", day: record.day, team: 3, round: "2026 年第一轮", opened, members: record.members };
  const at = (name, group, more) => ({ record: { ...record, subject: `assessments.visit:${name}`, name: `演示·${name}`, group }, stand: { ...memory.state, state: "planned", entered_at: null, submitted_at: null, returned: null, ...more }, answered: 12, total: progressOf(work).total, disputes: 0 });
  const visits = [at("桂花花园", "G1"), at("金钩山小区", "G1"), at("美的城", "", { state: "returned", entered_at: "x", returned: { reason: "消防通道的处数与照片不符，请核对" } }), at("月桂里", "", { state: "signed", entered_at: "x", submitted_at: "x", ...state })];
  document.querySelector("main").replaceChildren(...cardsOf([day], visits, { latitude: "27.84", longitude: "113.16" }, { openDay() {}, open() {} }));
}

Object.assign(window, { visit: { work, screen, memory, arrived, cards, uuid7 } });
