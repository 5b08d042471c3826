// What was typed or pressed and is not known to be heard. It is sent one by one, and again with the same id: the server
// works an id once.
export class Outbox {
  #memory;
  #items = [];

  constructor(memory) {
    this.#memory = memory;
  }

  // Takes up what an earlier visit left. Another chat's leavings come back as texts: they were meant for somebody else.
  open(chat) {
    const kept = this.#memory.get("outbox");
    const left = Array.isArray(kept?.items) ? kept.items : [];
    this.chat = chat;
    if (kept && kept.chat !== chat) {
      this.#save();
      return left.filter((item) => item.t === "text" && !item.quiet).map((item) => item.text);
    }
    const known = new Set(this.#items.map((item) => item.id));
    this.#items = [...left.filter((item) => !known.has(item.id)), ...this.#items];
    return [];
  }

  add(item) {
    const entry = { ...item, id: newId() };
    this.#items.push(entry);
    this.#save();
    return entry;
  }

  drop(id) {
    const item = this.find(id);
    this.#items = this.#items.filter((one) => one !== item);
    if (item) this.#save();
    return item;
  }

  find(id) {
    return this.#items.find((item) => item.id === id);
  }

  first() {
    return this.#items[0];
  }

  all() {
    return [...this.#items];
  }

  #save() {
    this.#memory.set("outbox", this.#items.length ? { chat: this.chat, items: this.#items } : null);
  }
}

// Random, so that no restart of anything gives an id twice; below 2^62, so that every database holds it.
function newId() {
  const [random] = crypto.getRandomValues(new BigUint64Array(1));
  return String((random >> 2n) | 1n);
}
