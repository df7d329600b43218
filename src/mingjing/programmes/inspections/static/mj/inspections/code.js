// Codes, large, for the firm to scan: of the task (who is here, on what authority, for what, and what the firm may do), and
// in the end of the rating. Not here: what the firm then reads (board/door.py, board/ratings.py).
import { h, t } from "#mj/inspections/kit.js";
import { matrix } from "#mj/inspections/qr.js";

const SHAPES = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white around it, as its standard asks

export const addressOf = (record) => `${location.origin}/board/inspections/t/${record.code}/`;

// Nothing of a task that has no code: it was opened at the door.
export function codeOf(record, opened) {
  if (!record.code) return null;
  const words = t("Whoever scans it sees who is here, on what authority, for what, and what the firm may do. No account is needed.");
  return folded("code", opened, t("Show the task’s code to the firm"), words, addressOf(record));
}

// Where the firm rates the visit; known when the installation has taken the leaving.
export function ratingOf({ rating }, opened) {
  if (!rating) return null;
  return folded("rating", opened, t("Let the firm rate the visit"), t("Nobody can tell who rated. The firm scans it with its own phone; it is good once."), `${location.origin}/board/inspections/r/${rating}/`);
}

function folded(key, opened, title, words, address) {
  const shown = h("details", { class: "fi-code" }, h("summary", { "data-key": key }, title), drawn(address), h("p", {}, words), h("p", { class: "fi-fine fi-address" }, address));
  shown.open = opened[key] ?? false;
  shown.addEventListener("toggle", () => (opened[key] = shown.open));
  return shown;
}

function drawn(text) {
  const rows = matrix(text), size = rows.length + 2 * QUIET;
  const [svg, ground, path] = ["svg", "rect", "path"].map((tag) => document.createElementNS(SHAPES, tag));
  const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
  set(svg, { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": t("QR code"), "shape-rendering": "crispEdges" });
  set(ground, { width: size, height: size, fill: "#fff" });
  set(path, { fill: "#000", d: rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : []))).join("") });
  svg.append(ground, path);
  return svg;
}
