// What the page keeps on this device: nothing on a shared computer, a tab's worth inside another page, otherwise until sent.
const PREFIX = "troly.";

export class Memory {
  #kept = new Map();
  #device = null;

  constructor(mode) {
    try {
      // Merely naming a storage throws where the browser blocks it (third-party frames, private windows).
      if (mode === "page") this.#device = localStorage;
      if (mode === "widget") this.#device = sessionStorage;
    } catch {
      this.#device = null;
    }
  }

  get(name) {
    if (this.#kept.has(name)) return this.#kept.get(name);
    try {
      return JSON.parse(this.#device?.getItem(PREFIX + name) ?? "null");
    } catch {
      return null;
    }
  }

  set(name, value) {
    this.#kept.set(name, value);
    try {
      if (value === null) this.#device?.removeItem(PREFIX + name);
      else this.#device?.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // Full or blocked: the tab still remembers.
    }
  }

  static forgetDevice() {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    } catch {
      // Nothing could be kept there either.
    }
  }
}
