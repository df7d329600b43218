// Packages of the tests (package.json, `npm ci`): where they are not, the tests that need them say so and are skipped.
export const fakeIndexedDB = await import("fake-indexeddb").catch(() => null);
export const needs = { skip: fakeIndexedDB ? false : "fake-indexeddb is not installed: npm ci --ignore-scripts" };
