// The conversation on the screen: messages in the order of their ids, days between them, buttons under them.
import { current, rephrase, word } from "./words.js";

const log = document.getElementById("log");
const scroller = document.getElementById("scroll");
const VIETNAM = "Asia/Ho_Chi_Minh";
const NEAR = 90; // pixels from the end that still count as reading the end

// What the page itself sends: nobody typed it, so nobody needs to see it.
const QUIET = /^\/(start|ngonngu (vi|en))$/;
const VOTE = /^(👍|👎)\s*/u;

const byId = (id) => log.querySelector(`.msg[data-id="${CSS.escape(id)}"]`);
const bySent = (id) => log.querySelector(`.msg[data-sent="${CSS.escape(id)}"]`);
const later = (a, b) => (a.length === b.length ? a > b : a.length > b.length); // decimal strings, longer than a double

let onPress = () => {};
let onFile = () => {};
let me = "me"; // the word for who is looking

export function begin(press, file) {
  onPress = press;
  onFile = file;
}

export const addressAs = (name) => (me = name);
export const isEmpty = () => !log.querySelector(".msg");
export const last = () => [...log.querySelectorAll(".msg[data-id]")].at(-1)?.dataset.id;
export const first = () => log.querySelector(".msg[data-id]")?.dataset.id;
export const clear = () => log.replaceChildren();
export const isQuiet = (text) => QUIET.test(text);

// Shows many at once without reading them all out.
export function quietly(work) {
  log.setAttribute("aria-live", "off");
  log.setAttribute("aria-busy", "true");
  work();
  // The live region must see the additions while it is off; one frame is not enough for every screen reader.
  setTimeout(() => {
    log.setAttribute("aria-live", "polite");
    log.removeAttribute("aria-busy");
  }, 400);
}

export function said(frame) {
  const before = byId(frame.id);
  const held = before?.contains(document.activeElement) ? document.activeElement.dataset.data ?? "" : null;
  const el = bubble("bot", frame.at, word("assistant"), "assistant");
  el.dataset.id = frame.id;
  const text = document.createElement("div");
  text.className = "text";
  text.innerHTML = frame.html; // made safe by the server: our subset of HTML and nothing else
  for (const link of text.querySelectorAll("a[href]")) outward(link);
  el.querySelector(".meta").before(text);
  if (frame.buttons?.length) el.querySelector(".meta").before(choices(frame));
  if (before) {
    for (const chosen of before.querySelectorAll('.choice[aria-pressed="true"]')) mark(el, chosen.dataset.data);
    before.replaceWith(el);
    if (held !== null) (button(el, held) ?? el.querySelector(".choice") ?? el).focus();
  } else {
    place(el);
  }
  return el;
}

export function mine(frame) {
  // A vote shows at its button.
  const quiet = QUIET.test(frame.text) || (frame.press && (!frame.text || VOTE.test(frame.text)));
  if (quiet) return bySent(frame.sent)?.remove();
  const el = bubble("mine", frame.at, word(me), me);
  el.dataset.id = frame.id;
  el.classList.toggle("pressed", Boolean(frame.press));
  fill(el, frame);
  (byId(frame.id) ?? bySent(frame.sent))?.remove();
  place(el);
}

// Typed and not yet heard by the server.
export function pending(item) {
  if (bySent(item.id)) return;
  const el = bubble("mine", null, word(me), me);
  el.classList.add("pending");
  el.dataset.sent = item.id;
  fill(el, item);
  note(el, "sending");
  place(el);
}

export function heard(frame) {
  const el = bySent(frame.id);
  if (!el || frame.press) return mine({ ...frame, id: frame.message, sent: frame.id });
  el.classList.remove("pending");
  el.dataset.id = frame.message;
  el.dataset.at = frame.at;
  fill(el, frame); // as it was stored: numbers of persons are masked
  el.querySelector(".meta").replaceChildren(clock(frame.at));
  place(el); // a reply that was found in the record may be here before this receipt
}

export const waiting = (id) => note(bySent(id), "waiting");
export const waitingAll = () => log.querySelectorAll(".pending").forEach((el) => note(el, "waiting"));
export const remove = (id) => (byId(id)?.remove(), days());
export const withdraw = (id) => bySent(id)?.remove();

export function pressing(message, data, busy) {
  const el = byId(message);
  const chosen = el && button(el, data);
  if (!chosen) return;
  chosen.toggleAttribute("aria-busy", false);
  if (busy) chosen.setAttribute("aria-busy", "true");
}

export function pressed(message, data) {
  const el = byId(message);
  if (el) mark(el, data);
}

export const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

export function toEnd(smooth = true) {
  const still = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: still ? "instant" : "smooth" });
}

// A long answer is read from its beginning: the question goes to the top, if question and answer do not fit.
export function follow() {
  // Somebody new has asked nothing yet: the greeting is read from its beginning too.
  const all = [...log.querySelectorAll(".msg")];
  const asked = all.filter((el) => el.classList.contains("mine")).at(-1) ?? (all.length === 1 ? all[0] : null);
  const top = asked ? asked.offsetTop - scroller.offsetTop - 12 : 0;
  if (!asked || scroller.scrollHeight - top <= scroller.clientHeight) return toEnd();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({ top, behavior: still ? "instant" : "smooth" });
}

// Older messages come in above: what is being read stays where it is.
export function keepingPlace(work) {
  const below = scroller.scrollHeight - scroller.scrollTop;
  work();
  scroller.scrollTop = scroller.scrollHeight - below;
}

export function rephraseDays() {
  for (const el of log.querySelectorAll(".day")) el.remove();
  for (const el of log.querySelectorAll("time")) el.replaceWith(clock(el.dateTime));
  days();
}

function bubble(kind, at, speaker, name) {
  const el = document.createElement("div");
  el.className = `msg ${kind}`;
  el.tabIndex = -1;
  if (at) el.dataset.at = at;
  const who = document.createElement("span");
  who.className = "quiet";
  who.dataset.word = name;
  who.textContent = speaker;
  const meta = document.createElement("span");
  meta.className = "meta";
  if (at) meta.append(clock(at));
  el.append(who, meta);
  return el;
}

function fill(el, { text, withheld }) {
  let body = el.querySelector(".typed");
  if (!body) {
    body = document.createElement("span");
    body.className = "typed";
    el.querySelector(".meta").before(body);
  }
  el.classList.toggle("withheld", Boolean(withheld));
  if (withheld) body.dataset.word = "withheld";
  body.textContent = withheld ? word("withheld") : text;
}

function note(el, name) {
  const meta = el?.querySelector(".meta");
  if (!meta) return;
  meta.dataset.word = name;
  rephrase(el);
}

function choices({ id, buttons }) {
  const box = document.createElement("div");
  box.className = "choices";
  for (const keys of buttons) {
    const row = document.createElement("div");
    row.className = "row";
    row.append(...keys.map((key) => (key.url ? linkTo(key) : keyFor(id, key))));
    box.append(row);
  }
  return box;
}

function keyFor(message, { text, data }) {
  const key = document.createElement("button");
  key.type = "button";
  key.className = "choice";
  key.dataset.data = data;
  key.textContent = text;
  const vote = VOTE.exec(text);
  if (vote) {
    key.classList.add("vote");
    if (vote[0] === text) {
      const name = vote[1] === "👍" ? "vote_up" : "vote_down";
      key.dataset.label = key.dataset.title = name;
      key.setAttribute("aria-label", word(name));
      key.title = word(name);
    }
  }
  key.addEventListener("click", () => onPress(message, data));
  return key;
}

function linkTo({ text, url }) {
  const link = document.createElement("a");
  link.className = "choice";
  link.textContent = text;
  if (/^(https?:|mailto:|tel:|\/[\w-])/i.test(url)) link.href = url;
  if (url.startsWith("/")) link.addEventListener("click", (event) => onFile(event, url));
  outward(link);
  return link;
}

function outward(link) {
  if (!/^https?:/i.test(link.getAttribute("href") ?? "")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  const aside = document.createElement("span");
  aside.className = "quiet";
  aside.textContent = ` (${word("opens_new")})`;
  link.append(aside);
}

const button = (el, data) => [...el.querySelectorAll("button.choice")].find((key) => key.dataset.data === data);

function mark(el, data) {
  const chosen = button(el, data);
  if (!chosen?.classList.contains("vote")) return;
  for (const key of chosen.parentElement.querySelectorAll("button.vote")) {
    key.setAttribute("aria-pressed", String(key === chosen));
  }
}

function place(el) {
  const id = el.dataset.id;
  let after = log.lastElementChild;
  // What waits to be sent stays last; a message that comes in stands where its id says.
  while (id && after && (after.dataset.at === undefined || !after.dataset.id || later(after.dataset.id, id))) {
    after = after.previousElementSibling;
  }
  if (after) after.after(el);
  else log.prepend(el);
  days();
}

const dayOf = (at) => new Date(at).toLocaleDateString("en-CA", { timeZone: VIETNAM });

function days() {
  let day = "";
  for (const el of [...log.children]) {
    if (el.classList.contains("day")) {
      const next = el.nextElementSibling;
      if (!next?.dataset.at || dayOf(next.dataset.at) === day || dayOf(next.dataset.at) !== el.dataset.day) el.remove();
      continue;
    }
    if (!el.dataset.at || dayOf(el.dataset.at) === day) continue;
    day = dayOf(el.dataset.at);
    if (el.previousElementSibling?.dataset.day !== day) el.before(dayMark(day, el.dataset.at));
  }
}

function dayMark(day, at) {
  const el = document.createElement("p");
  el.className = "day";
  el.dataset.day = day;
  const today = dayOf(Date.now());
  const yesterday = dayOf(Date.now() - 86_400_000);
  if (day === today) el.textContent = word("today");
  else if (day === yesterday) el.textContent = word("yesterday");
  else {
    const shape = { day: "numeric", month: current() === "vi" ? "numeric" : "long", year: "numeric", timeZone: VIETNAM };
    el.textContent = new Intl.DateTimeFormat(current() === "vi" ? "vi-VN" : "en-GB", shape).format(new Date(at));
  }
  return el;
}

function clock(at) {
  const el = document.createElement("time");
  el.dateTime = at;
  const shape = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: VIETNAM };
  el.textContent = new Intl.DateTimeFormat("en-GB", shape).format(new Date(at));
  return el;
}
