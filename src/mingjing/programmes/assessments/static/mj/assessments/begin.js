// Entering a site: who of the team came and how the team arrived. What a reviewer will see is said plainly; nothing of it
// keeps anybody from beginning. Not here: what a signal is (arrivals.js), the camera, the radio (the shell).
import { metresBetween, readCode, signalsOf } from "#mj/assessments/arrivals.js";
import { group, text } from "#mj/assessments/fields.js";
import { button, distance, h, t } from "#mj/assessments/kit.js";

const NOTHING = { how: "none" };

// `visits` are the works that are begun together: one, or a group of communities.
export class Begin {
  constructor(screen, works) {
    Object.assign(this, { screen, works, arrival: NOTHING });
    const { members } = works[0].record;
    this.here = new Set(members.map(({ token }) => token));
    this.told = h("div", { class: "fa-arrived", role: "status" });
    this.element = h("div", { class: "fa-begin" }, this.where(), this.people(members), this.ways(), this.start());
    this.show();
  }

  where() {
    const line = ({ record }) => h("li", {}, h("b", {}, record.name), h("span", { class: "fa-fine" }, [record.number, record.address, record.company].filter(Boolean).join(" · ")));
    return h("ul", { class: "fa-sites" }, ...this.works.map(line));
  }

  people(members) {
    const one = ({ token, name, part }) => h("label", { class: "fa-choice" },
      h("input", { type: "checkbox", checked: true, onchange: (event) => this.present(token, event.target.checked) }), h("span", {}, name, part === "expert" ? h("span", { class: "fa-fine" }, " ", t("supervisor")) : null));
    return group(t("Who is here"), h("div", { class: "fa-choices column" }, ...members.map(one)));
  }

  present(token, here) {
    if (here) this.here.add(token);
    else this.here.delete(token);
  }

  ways() {
    return group(t("How you arrived"), h("div", { class: "fa-ways" },
      button(t("Scan the entry code"), () => this.scan(), { mark: "scan", "data-key": "scan" }),
      button(t("Use the position"), () => this.locate(), { mark: "area", "data-key": "locate" }),
      button(t("Neither works"), () => this.neither(), { kind: "quiet", "data-key": "neither" })), this.told);
  }

  async scan() {
    const scanned = await this.screen.app.scan({ title: t("Scan the entry code"), hint: t("It stands on the sign at the entrance.") });
    if (!scanned) return;
    const read = this.works.map(({ record }) => ({ ...readCode(record, scanned), of: record.name }));
    this.arrival = { how: "code", ...(read.find(({ matches }) => matches) ?? read.find(({ matches }) => matches === null) ?? read[0]) };
    this.show();
    await this.alsoHere(this.arrival);
  }

  // A code may have been copied: where the phone is goes along with it, if it is found before somebody begins.
  async alsoHere(arrival) {
    const position = await this.screen.app.position().catch(() => null);
    if (!position || this.arrival !== arrival) return;
    this.arrival = { ...arrival, ...position };
    this.show();
  }

  async locate() {
    this.told.replaceChildren(h("p", {}, t("Looking for the position…")));
    const position = await this.screen.app.position().catch(() => null);
    if (!position) return this.told.replaceChildren(h("p", { class: "fa-notice" }, t("This phone found no position. Step outside, scan the code, or say that neither works.")));
    this.arrival = { how: "position", ...position };
    this.show();
  }

  neither() {
    const why = text({ maxlength: 200, "aria-label": t("Why neither works"), placeholder: t("e.g. the sign is gone, no satellite in the basement") }, (reason) => (this.arrival = { ...NOTHING, reason }));
    this.arrival = NOTHING;
    this.show();
    this.told.append(why);
    why.focus();
  }

  show() {
    this.told.replaceChildren(...this.signs().map(([kind, line]) => h("p", { class: `fa-notice ${kind}` }, line)));
  }

  // What is known of the arrival, and what of it the reviewer will see.
  signs() {
    const { how, matches, of, accuracy } = this.arrival;
    const { site, name } = nearest(this.works, this.arrival);
    const several = this.works.length > 1;
    const signals = this.arrival === NOTHING ? [] : signalsOf(this.arrival, site, this.screen.app.clockOffset?.() ?? 0);
    const lines = signals.map((signal) => ["watch", signalText(signal)]);
    if (how === "code" && matches) lines.unshift(["good", several ? t("This is the code of {site}.", { site: of }) : t("This is the site's code.")]);
    if (how === "code" && matches === null) lines.unshift(["", t("The code is kept; the installation knows whether it is the site's.")]);
    if (how === "position") lines.unshift([signals.length ? "" : "good", positionText(metresBetween(this.arrival, site), accuracy, several ? name : "")]);
    return lines;
  }

  start() {
    const several = this.works.length > 1;
    const label = several ? t("Begin {count} visits together", { count: this.works.length }) : t("We have entered: begin");
    return h("div", { class: "fa-reach" }, button(label, () => this.begin(), { kind: "primary", "data-key": "begin" }));
  }

  async begin() {
    const { matches, of, ...arrival } = this.arrival;
    const payload = { entered_at: this.screen.app.now(), people: [...this.here], arrival };
    if (!this.here.size) return this.screen.say(t("Say who is here: at least one of the team."));
    await this.screen.trying(async () => {
      for (const work of this.works) await work.step("begin", { ...payload, rubric: work.record.rubric });
      this.screen.begun();
    });
  }

  close() {}
}

// Of communities that are begun together the one that is nearest to where the team is: {name, site}.
function nearest(works, arrival) {
  const known = works.map(({ record }) => record).filter(({ site }) => site);
  const far = (record) => metresBetween(arrival, record.site) ?? Infinity;
  return known.sort((one, other) => far(one) - far(other))[0] ?? { name: "", site: null };
}

function positionText(metres, accuracy, name) {
  if (metres === null) return t("Position found, to {accuracy} m; where the site is, is not known here.", { accuracy });
  if (name) return t("Position found: {distance} from {site}, to {accuracy} m.", { distance: distance(metres), site: name, accuracy });
  return t("Position found: {distance} from the site, to {accuracy} m.", { distance: distance(metres), accuracy });
}

export function signalText({ signal, metres, seconds }) {
  switch (signal) {
    case "far": return t("Position {distance} from the site: it will be visible to the reviewer.", { distance: distance(metres) });
    case "rough": return t("The position is known to {distance} only: it will be visible to the reviewer.", { distance: distance(metres) });
    case "other_code": return t("This is another site's code, or an old one: it will be visible to the reviewer.");
    case "clock": return t("The clock of this phone is off by {minutes} minutes: it will be visible to the reviewer.", { minutes: Math.round(Math.abs(seconds) / 60) });
    default: return t("Neither code nor position: it will be visible to the reviewer.");
  }
}
