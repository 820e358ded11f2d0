// The journal of one attempt on this device: what the server has not acknowledged yet.
//
// Each page writes under a key of its own, so that two tabs never overwrite each other, and takes
// over what earlier pages left behind. Sending an entry twice is harmless: the server knows it
// again by its page and number, and answers as it did the first time.

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
  const store = () => write(prefix + client, entries.filter((entry) => entry.client === client));

  return {
    isEmpty: () => entries.length === 0,

    next: () => entries[0],

    answerTo: (item) => entries.findLast((entry) => entry.kind === "saves" && entry.item_id === item),

    // What this page has not sent yet gives way to what is newer; `leaving` is on its way.
    add(entry, leaving) {
      const overtaken = (old) => old !== leaving && old.client === client
        && old.kind === entry.kind && old.item_id === entry.item_id;
      entries = [...entries.filter((old) => !overtaken(old)), entry];
      store();
    },

    remove(entry) {
      entries = entries.filter((other) => other !== entry);
      const key = prefix + entry.client;
      if (entry.client === client) store();
      else write(key, read(key).filter((other) => other.seq !== entry.seq));
    },
  };
};
