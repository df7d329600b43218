// What the screens of a visit ask of the shell, in one place: everything else here knows this door and not the shell.
// docs/reference/field-app.md says what the shell offers.

// The phone's side of one visit, as work.js wants it.
export function sourceOf(app, record) {
  const { subject } = record;
  return {
    get person() {
      return app.person;
    },
    send: (kind, payload) => app.commands.send(kind, subject, payload),
    settle: (ids) => app.commands.settle(ids),
    load: async () => {
      const { state, commands } = await app.state(subject);
      return { state: state ?? record.state, commands };
    },
  };
}

// The phone's side of a screen, as visit.js wants it.
export function deviceOf(app) {
  return {
    now: () => app.now(), clockOffset: () => app.clockOffset(), home: () => app.go("/"), say: (text) => app.say(text),
    scan: (asked) => app.scan(asked), position: () => app.position(), signature: (asked) => app.signature(asked),
    takePhoto: (asked) => app.photos.take(asked), captures: (subject) => app.photos.of(subject), picture: (digest, size) => app.photos.url(digest, size),
  };
}
