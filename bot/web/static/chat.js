// The chat page: puts the parts together.
import * as box from "./box.js";
import { tell } from "./dialogs.js";
import { save } from "./file.js";
import { Link } from "./link.js";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import * as scan from "./scan.js";
import * as shared from "./shared.js";
import * as view from "./view.js";
import { current, IS_WIDGET, rephrase, speak, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const mode = shared.IS_SHARED ? "shared" : IS_WIDGET ? "widget" : "page";
const memory = new Memory(mode);
const outbox = new Outbox(memory);

// A link from another channel carries a one-time code: it goes out of the address at once, so that no history keeps it.
let code = new URLSearchParams(location.hash.slice(1)).get("ma");
if (code) history.replaceState(null, "", location.pathname + location.search);

let connected = false;
let steered = false; // somebody has scrolled since they last sent something
let typingTimer = 0;
let toastTimer = 0;
let offlineTimer = 0;

const link = new Link({
  mode,
  memory,
  outbox,
  on: {
    last: view.last,
    state,
    welcome,
    bye,
    you,
    heard,
    older,
    message: (frame) => arrive(() => view.said(frame)),
    edit: (frame) => view.said(frame),
    delete: (frame) => view.remove(frame.id),
    typing: () => typing(true),
    done: (frame) => (typing(false), settle(frame.id)),
    toast: (frame) => toast(frame.text),
    error: refused,
  },
});

// -- what the server says -------------------------------------------------------------------------------------------

function welcome(frame) {
  view.addressAs(frame.staff ? "me_staff" : "me");
  if (frame.gap) view.clear();
  const returned = outbox.open(frame.chat);
  const reading = !view.isEmpty() && !view.atEnd();
  view.quietly(() => {
    for (const row of frame.history) show(row);
    for (const item of outbox.all()) if (item.t === "text" && !item.quiet) view.pending(item);
  });
  if (frame.gap || view.first() === frame.history[0]?.id) $("older").hidden = !frame.more;
  if (!outbox.all().some((item) => item.t === "text" && item.text.startsWith("/ngonngu"))) you(frame);
  for (const text of returned) box.giveBack(text);
  // Somebody new is told what this is and what it stores, before they type anything.
  if (view.isEmpty() && !frame.more && !outbox.first()) post({ t: "text", text: "/start", quiet: true });
  if (code) post({ t: "text", text: `lien ket ${code}`, quiet: true });
  code = null;
  if (!reading) view.toEnd(false);
}

function show(row) {
  if (row.t !== "mine") return view.said(row);
  outbox.drop(row.sent);
  view.mine(row);
}

function older(frame) {
  view.keepingPlace(() => view.quietly(() => frame.history.forEach(show)));
  $("older").hidden = !frame.more;
  $("older").removeAttribute("aria-busy");
}

function heard(frame) {
  const item = outbox.drop(frame.id);
  const following = Boolean(item) || view.atEnd();
  if (item?.t === "press") view.pressed(item.message, item.data);
  view.heard(frame);
  if (following && !frame.press) view.follow(); // a vote moves nothing
}

function arrive(work) {
  const following = view.atEnd() || !steered;
  typing(false);
  work();
  if (following) view.follow();
  else {
    $("jump-text").dataset.word = "bottom_new";
    rephrase($("jump"));
  }
  setTimeout(jump, 400); // not while the page is still scrolling there
}

function refused(frame) {
  typing(false);
  toast(frame.text);
  const item = frame.id && outbox.find(frame.id);
  if (!item) return;
  if (frame.wait) return view.waiting(frame.id);
  outbox.drop(frame.id);
  settle(frame.id, item);
  if (item.t !== "text") return;
  view.withdraw(frame.id);
  box.giveBack(item.text);
}

function you(frame) {
  view.addressAs(frame.staff ? "me_staff" : "me");
  if (frame.lang !== current()) language(frame.lang);
  document.querySelector('label[for="box"]').dataset.word = frame.staff ? "box_staff" : "box";
  rephrase(document.querySelector("form"));
}

function bye(reason) {
  typing(false);
  const text = { staff: "ended_staff", session: mode === "shared" ? "ended_shared" : "ended_session" }[reason];
  if (mode === "shared") view.clear();
  tell("ended_title", text ?? "ended_session", "ended_again").then(() => location.reload());
}

function state(up) {
  connected = up;
  clearTimeout(offlineTimer);
  if (up) {
    // Nobody needs to hear of a break that they did not see.
    if ($("status").textContent) announce("online", 3_000);
    return;
  }
  typing(false);
  view.waitingAll();
  offlineTimer = setTimeout(() => announce(navigator.onLine ? "connecting" : "offline"), navigator.onLine ? 1_500 : 0);
}

function announce(name, ms) {
  $("status").textContent = word(name);
  if (ms) setTimeout(() => connected && ($("status").textContent = ""), ms);
}

// -- what the person does -------------------------------------------------------------------------------------------

function post(item) {
  steered = false;
  const entry = outbox.add(item);
  if (item.t === "text" && !item.quiet) view.pending(entry);
  if (item.t === "text") typing(connected);
  if (!connected && !item.quiet) view.waiting(entry.id);
  link.pump();
}

// What `post` put on the screen for a press: the button waits.
const presses = new Map();

function press(message, data) {
  steered = false;
  if (outbox.all().some((item) => item.message === message && item.data === data)) return;
  const entry = outbox.add({ t: "press", message, data });
  presses.set(entry.id, entry);
  view.pressing(message, data, true);
  link.pump();
}

function settle(id, item = presses.get(id)) {
  presses.delete(id);
  if (item?.t === "press") view.pressing(item.message, item.data, false);
}

function typing(on) {
  clearTimeout(typingTimer);
  const following = view.atEnd();
  $("typing").hidden = !on;
  if (!on) return;
  if (following) view.toEnd();
  typingTimer = setTimeout(() => typing(false), 30_000);
}

// With a cookie the link does by itself what a link does.
async function fetched(event, url) {
  if (!link.token) return;
  event.preventDefault();
  try {
    await save(url, link.token);
    if (shared.IS_SHARED) toast(word("file_shared"));
  } catch {
    toast(word("file_none"));
  }
}

function toast(text) {
  clearTimeout(toastTimer);
  $("toast").textContent = text;
  toastTimer = setTimeout(() => ($("toast").textContent = ""), Math.max(4_000, text.length * 70));
}

function language(next) {
  speak(next);
  view.rephraseDays();
  box.show();
}

function jump() {
  $("jump").hidden = view.atEnd();
  if ($("jump").hidden) $("jump-text").dataset.word = "bottom";
  rephrase($("jump"));
}

function darkOrLight() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    if (mode === "page") localStorage.setItem("troly.theme", root.dataset.theme);
  } catch {
    // A browser that refuses storage forgets the choice with the page.
  }
}

// -- beginning ------------------------------------------------------------------------------------------------------

view.begin(press, fetched);
box.begin({
  memory,
  onSend: (text) => {
    post({ t: "text", text });
    view.toEnd();
  },
  onEmpty: () => toast(word("error_empty")),
});
scan.begin({
  onCode: (text, quiet) => {
    post({ t: "text", text, quiet });
    view.toEnd();
  },
  onNone: () => toast(word("scan_none")),
  onBusy: typing,
});
$("theme").hidden = false;
$("theme").addEventListener("click", darkOrLight);
$("language").addEventListener("click", () => {
  const next = current() === "vi" ? "en" : "vi";
  language(next);
  link.send({ t: "lang", lang: next });
  post({ t: "text", text: `/ngonngu ${next}`, quiet: true });
});
$("jump").addEventListener("click", () => {
  view.toEnd();
  box.focus();
});
$("older").addEventListener("click", () => {
  const sent = link.send({ t: "older", before: view.first() });
  if (sent) $("older").setAttribute("aria-busy", "true");
});
$("scroll").addEventListener("scroll", jump, { passive: true });
for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  $("scroll").addEventListener(kind, () => (steered = true), { passive: true });
}
$("shared")?.addEventListener("click", () => shared.offer(() => toast(word("error_session"))));
if (IS_WIDGET) {
  const close = () => parent.postMessage("troly:close", "*"); // says nothing but that: any page may hear it
  $("close").addEventListener("click", close);
  addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && close());
  addEventListener("message", (event) => event.source === parent && event.data === "troly:open" && box.focus());
}

// The keyboard of a phone takes half the page: what was being read stays in sight.
let wasAtEnd = true;
$("scroll").addEventListener("scroll", () => (wasAtEnd = view.atEnd()), { passive: true });
new ResizeObserver(() => wasAtEnd && view.toEnd(false)).observe($("scroll"));

if (mode === "shared") {
  shared.begin(link, () => {
    view.clear();
    outbox.all().forEach((item) => outbox.drop(item.id));
    $("box").value = "";
  });
}
link.start();
