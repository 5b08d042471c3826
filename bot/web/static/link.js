// The line to the server: opens a session, keeps a socket, comes back after a break, sends the outbox in order.
import { current, IS_WIDGET } from "./words.js";

const PING_MS = 25_000;
const SILENCE_MS = 60_000; // nothing heard for so long: the network has gone without saying so
const HEARD_MS = 45_000;
const TRY_LATER = 1013;
const BACK_OFF_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000];

export class Link {
  #memory;
  #outbox;
  #on;
  #mode;
  #socket = null;
  #token = null;
  #entered = false;
  #cookieless = false;
  #welcomed = false;
  #everWelcomed = false;
  #restUntil = 0;
  #tries = 0;
  #timer = 0;
  #inflight = null;
  #heardAt = 0;
  #over = false;

  // `on`: a function for each kind of frame, and `state(connected)`.
  constructor({ mode, memory, outbox, on }) {
    this.#mode = mode;
    this.#memory = memory;
    this.#outbox = outbox;
    this.#on = on;
    this.#token = mode === "widget" ? memory.get("token") : null;
    addEventListener("online", () => this.#soon(0));
    addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#soon(0));
    setInterval(() => this.#pulse(), PING_MS);
  }

  start() {
    this.#soon(0);
  }

  get token() {
    return this.#token;
  }

  send(frame) {
    if (!this.#welcomed) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  // Ends everything for good; the page is over.
  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  pump() {
    const item = this.#outbox.first();
    if (!item || !this.#welcomed || this.#inflight || Date.now() < this.#restUntil) return;
    const { quiet, failed, ...frame } = item;
    this.#inflight = setTimeout(() => this.#socket?.close(), HEARD_MS);
    this.#socket.send(JSON.stringify(frame));
  }

  #soon(wait) {
    const state = this.#socket?.readyState;
    if (this.#over || state === WebSocket.OPEN || state === WebSocket.CONNECTING) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #again() {
    const wait = BACK_OFF_MS[Math.min(this.#tries++, BACK_OFF_MS.length - 1)];
    this.#soon(wait * (0.75 + Math.random() / 2)); // everybody comes back after a restart, but not in one instant
  }

  async #open() {
    this.#timer = 0;
    if (!this.#entered && !(await this.#enter())) return this.#again();
    const url = new URL("/chat", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.#socket = new WebSocket(url));
    socket.onopen = () => this.#hello(socket);
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  // A page's token is a cookie that this code cannot read; a widget and a shared computer hold theirs.
  async #enter() {
    const mode = this.#cookieless ? "widget" : this.#mode;
    try {
      const answer = await fetch("/session", {
        method: "POST",
        credentials: mode === "page" ? "same-origin" : "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(this.#token && mode !== "page" ? { mode, token: this.#token } : { mode }),
      });
      if (!answer.ok) return false;
      const { token } = await answer.json();
      if (token) this.#hold(token);
      this.#entered = true;
      return true;
    } catch {
      return false;
    }
  }

  #hold(token) {
    this.#token = token;
    if (this.#mode === "widget") this.#memory.set("token", token);
  }

  #hello(socket) {
    const hello = { t: "hello", lang: current() };
    if (this.#token) hello.token = this.#token;
    if (IS_WIDGET) hello.widget = true;
    const after = this.#on.last();
    if (after) hello.after = after;
    socket.send(JSON.stringify(hello));
  }

  #receive(frame) {
    this.#heardAt = Date.now();
    if (frame.t === "bye") return this.#bye(frame.reason);
    if (frame.t === "welcome") {
      this.#welcomed = this.#everWelcomed = true;
      this.#tries = 0;
      this.#on.state(true);
    }
    if ((frame.t === "heard" || frame.t === "error") && frame.id === this.#outbox.first()?.id) this.#land();
    this.#on[frame.t]?.(frame);
    if (frame.t === "error" && frame.wait) {
      this.#restUntil = Date.now() + frame.wait * 1_000;
      setTimeout(() => this.pump(), frame.wait * 1_000 + 50);
    }
    this.pump();
  }

  #land() {
    clearTimeout(this.#inflight);
    this.#inflight = null;
  }

  #bye(reason) {
    if (reason === "session" && !this.#everWelcomed && this.#mode === "page" && !this.#cookieless) {
      // The session was opened a moment ago: this browser keeps no cookies. Hold the token here instead.
      this.#cookieless = true;
      this.#entered = false;
      return;
    }
    if (reason === "hello") return;
    this.#over = true;
    if (this.#mode === "widget") this.#memory.set("token", null);
    this.#on.bye(reason);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#welcomed = false;
    this.#land();
    this.#on.state(false);
    // Too many tabs of one chat: one that nobody looks at gives way, and comes back when it is looked at.
    if (!this.#over && !(code === TRY_LATER && document.hidden)) this.#again();
  }

  #pulse() {
    if (!this.#welcomed) return;
    if (Date.now() - this.#heardAt > SILENCE_MS) this.#socket.close();
    else this.send({ t: "ping" });
  }
}
