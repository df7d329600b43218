// The service worker of the phones' app: everything of one version is in one cache, taken whole or not at all. A new version
// waits until a page says "use". What is asked of the installation (/field/api/) is never answered from here.
"use strict";
const VERSION = "mingjing-field-{{ version }}";
const ASSETS = {{ assets|safe }};
const SHELL = "/field/";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(ASSETS.map((url) => new Request(url, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name.startsWith("mingjing-field-") && name !== VERSION).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "use") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/field/api/")) return;
  if (request.mode === "navigate" && url.pathname !== SHELL) return;
  const wanted = request.mode === "navigate" ? SHELL : request;
  event.respondWith(caches.open(VERSION).then((cache) => cache.match(wanted, { ignoreVary: true })).then((found) => found ?? fetch(request)));
});
