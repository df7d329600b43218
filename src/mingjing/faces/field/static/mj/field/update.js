// A new version waits until somebody wants it: nothing that is being written is lost to it. Not here: the service worker.
import { h, t } from "#mj/field/kit.js";

export async function watchVersion(app) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let asked = false, before = workers.controller;
  const unlessBusy = (act) => () => (app.busy ? app.say(t("Something is still open here. Finish it, go back to today, then use the new version.")) : act());
  const use = (worker) => unlessBusy(() => {
    asked = true;
    worker.postMessage("use");
  });
  workers.addEventListener("controllerchange", () => {
    if (!before) before = workers.controller; // the first one: this page is of its version already
    else if (asked) location.reload();
    else offer(t("A new version is in use on another page."), t("Open it here too"), unlessBusy(() => location.reload()));
  });
  const registration = await workers.register("/field/sw.js", { scope: "/field/" });
  const ready = (worker) => workers.controller && offer(t("A new version is ready."), t("Use it now"), use(worker));
  const coming = (worker) => worker.addEventListener("statechange", () => worker.state === "installed" && ready(worker));
  if (registration.waiting) ready(registration.waiting);
  if (registration.installing) coming(registration.installing);
  registration.addEventListener("updatefound", () => coming(registration.installing));
  addEventListener("online", () => registration.update().catch(() => {}));
}

// In the flow of the page, so that it covers nothing.
function offer(text, label, act) {
  document.querySelector(".fl-update")?.remove();
  const bar = h("aside", { class: "fl-update", role: "status" }, h("span", {}, text), h("button", { type: "button", class: "fl-button primary", onclick: act }, label));
  document.querySelector("main").before(bar);
}
