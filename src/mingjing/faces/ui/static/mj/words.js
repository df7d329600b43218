// Words of the house in the reader's language. `N_` marks a text for translation where it is written; `t` says it, its
// fields filled in. Texts are English until `speak` has been given those of another language. Not here: any text.
let known = {};
let tongue = "en";

export const N_ = (text) => text;

export function t(text, params = {}) {
  return (known[text] || text).replace(/\{(\w+)\}/g, (field, name) => params[name] ?? field);
}

export const language = () => tongue;

// Speak `code` from now on, with its texts by their English.
export function speak(code, texts) {
  tongue = code;
  known = texts;
}
