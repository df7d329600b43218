// The truth about what this phone holds: only here, on its way, arrived, refused and why. Not here: how it looks.
export async function outlook(outbox, photos) {
  const [commands, taken] = [await outbox.all(), await photos.all()];
  const waiting = commands.filter(({ state }) => state === "waiting");
  return {
    commands: { waiting: waiting.length, refused: commands.filter(({ state }) => state === "refused"), conflicts: commands.filter(({ state }) => state === "conflict") },
    photos: {
      here: taken.filter(({ state, upload }) => state === "here" && !upload), going: taken.filter(({ state, upload }) => state === "here" && upload),
      arrived: taken.filter(({ state }) => state === "arrived"), refused: taken.filter(({ state }) => state === "refused"),
    },
    // What would be lost with the phone: nobody signs out over it.
    unsent: waiting.length + taken.filter(({ state }) => state === "here").length,
  };
}
