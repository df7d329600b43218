// A form is sent once: a second press within three seconds (a double click, an impatient finger) is dropped, so that
// nobody is told "already done" of what they did themselves. Without JavaScript the server answers the second as ever.
// htmx keeps its own count of requests and prevents the default before this listens; forms to look things up repeat.
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const now = Date.now();
  if (now - (sent.get(form) ?? 0) < 3000) event.preventDefault();
  else sent.set(form, now);
});
