// How the app speaks and how large its letters are: kept on the phone, changed at any time, also without a network.
// Not here: the texts themselves.
import { speak } from "#mj/words.js";

const kept = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing still shows something
  }
};
const keep = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
};

// Both languages lie in the phone's cache. Where the words cannot be had the app speaks English, and asks again next time.
export async function talk(code) {
  const chosen = code ?? kept("mj-language") ?? document.documentElement.lang;
  const texts = await wordsOf(chosen);
  const spoken = texts ? chosen : "en";
  speak(spoken, texts ?? {});
  document.documentElement.lang = spoken;
  if (texts) keep("mj-language", chosen);
}

async function wordsOf(code) {
  if (code === "en") return {};
  try {
    const response = await fetch(`/field/words/${encodeURIComponent(code)}.json`);
    return response.ok ? ((await response.json()).texts ?? null) : null;
  } catch {
    return null;
  }
}

export const isElder = () => document.documentElement.classList.contains("elder");

export function elder(on = kept("mj-elder") === "1") {
  document.documentElement.classList.toggle("elder", on);
  keep("mj-elder", on ? "1" : "0");
}
