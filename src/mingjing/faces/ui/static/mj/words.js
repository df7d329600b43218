// Words of the house in the reader's language. `N_` marks a text for translation where it is written; `t` says it.
export const N_ = (text) => text;
export const t = (text) => text;
