// Rates a visit: takes its one token, blinded, and sends the rating with the token alone. Requests to where ratings go
// carry no cookie, no referrer, nothing of this page. What is kept for later lies on this device and is erased once it
// has arrived. Not here: the signatures (#mj/blind.js), the words (the page).
import { blind, finalize, fromText, prepared, random, toText } from "#mj/blind.js";

const place = document.getElementById("rating");
const form = document.getElementById("questions");
const SHELF = `mj.rating:${place.dataset.token}`;
const show = (name) => ["working", "sent", "failed"].forEach((id) => { document.getElementById(id).hidden = id !== name; });

async function ask(url, body, more = {}) {
  const told = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };
  const answer = await fetch(url, { ...told, ...more });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { problem: said.problem ?? "" });
  return said;
}

// The number that proves a visit: made here, signed unseen, checked here. A second try sends the very same.
async function taken(word) {
  const { key: number } = await ask(place.dataset.key, {});
  const { keys } = await ask(place.dataset.keys, undefined, { method: "GET", body: undefined, headers: {} });
  const all = keys.filter((one) => one.key === number);
  if (all.length !== 1 || keys.some((one) => one !== all[0] && one.authority === all[0].authority && one.first_day === all[0].first_day)) throw new Error("not one key for all");
  const key = { n: BigInt(`0x${all[0].n}`), e: BigInt(`0x${all[0].e}`) };
  const begun = JSON.parse(localStorage.getItem(`${SHELF}:begun`) ?? "null") ?? await begin(key);
  const { signature } = await ask(place.dataset.token, { blinded: begun.blinded, word });
  const whole = await finalize(key, fromText(begun.message), fromText(signature), BigInt(begun.inverse));
  return { key: number, message: begun.message, signature: toText(whole) };
}

async function begin(key) {
  const message = prepared(random(32));
  const made = await blind(key, message);
  const begun = { message: toText(message), blinded: toText(made.blinded), inverse: made.inverse.toString() };
  localStorage.setItem(`${SHELF}:begun`, JSON.stringify(begun));
  return begun;
}

async function send(rating) {
  await ask(place.dataset.send, rating);
  localStorage.removeItem(SHELF);
  localStorage.removeItem(`${SHELF}:begun`);
  show("sent");
  place.hidden = true;
}

function stand() {
  const kept = localStorage.getItem(SHELF);
  document.getElementById("kept").hidden = !kept;
  form.hidden = Boolean(kept);
  place.hidden = false;
}

async function tried(act) {
  show("working");
  form.inert = true;
  try {
    await act();
  } catch (error) {
    document.getElementById("why").textContent = error.problem ?? "";
    show("failed");
  }
  form.inert = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const told = new FormData(form), later = event.submitter?.value === "later";
  tried(async () => {
    const token = await taken(told.get("word"));
    const rating = { ...token, stars: Number(told.get("stars")), conduct: told.getAll("conduct") };
    localStorage.setItem(SHELF, JSON.stringify(rating));
    if (!later) return send(rating);
    show("");
    return stand();
  });
});

document.getElementById("send").addEventListener("click", () => tried(() => send(JSON.parse(localStorage.getItem(SHELF)))));
document.getElementById("word").value = decodeURIComponent(location.hash.slice(1)); // from the portal; what stands behind # reaches no server
stand();
