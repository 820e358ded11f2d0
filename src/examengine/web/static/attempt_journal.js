// The journal of one attempt on this device: what the server has not written down yet.
//
// Each page writes under a key of its own, so that two tabs never overwrite each other, and takes
// over what earlier pages left behind. Sending an entry twice is harmless: the server knows it
// again by its page and number, and answers as it did the first time. An answer that the server
// did not take stays here with the reason (`refused`) until the candidate has dealt with it.

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
};

const write = (key, entries) => {
  try {
    if (entries.length) localStorage.setItem(key, JSON.stringify(entries));
    else localStorage.removeItem(key);
  } catch { /* no storage, or a full one: the entries are still in memory */ }
};

const keys = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

export const openJournal = (attempt, client) => {
  const prefix = `examengine:${attempt}:`;
  let entries = keys(prefix).flatMap(read).sort((one, other) => one.made - other.made);

  const store = (owner) => {
    const theirs = (entry) => entry.client === owner;
    // Of another page's key only what is known here is changed: that page may be open, and writing.
    const others = owner === client ? [] : read(prefix + owner);
    const unknown = others.filter((old) => !known.has(`${owner}:${old.seq}`));
    write(prefix + owner, [...unknown, ...entries.filter(theirs)]);
  };
  const known = new Set(entries.map((entry) => `${entry.client}:${entry.seq}`));

  const without = (gone) => {
    entries = entries.filter((entry) => !gone.includes(entry));
    new Set(gone.map((entry) => entry.client)).forEach(store);
  };

  return {
    isSent: () => entries.every((entry) => entry.refused),

    next: () => entries.find((entry) => !entry.refused),

    isLast: (entry) => entries.every((other) => other === entry || other.refused),

    answers: () => entries.filter((entry) => entry.kind === "saves"),

    answerTo: (item) => entries.findLast((entry) => entry.kind === "saves" && entry.item_id === item),

    // What has not been sent yet, or was refused, gives way to what is newer; `leaving` is on its way.
    add(entry, leaving) {
      const overtaken = (old) => old !== leaving && old.kind === entry.kind && old.item_id === entry.item_id
        && (old.client === client || old.refused);
      without(entries.filter(overtaken));
      known.add(`${entry.client}:${entry.seq}`);
      entries = [...entries, entry];
      store(client);
    },

    refuse(entry, refused) {
      entry.refused = refused;
      store(entry.client);
    },

    remove: (...gone) => without(gone),
  };
};
