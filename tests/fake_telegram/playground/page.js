"use strict";
// The playground: one card a chat. What a bot says is put in as text nodes only, never as HTML.
const $ = (selector, root = document) => root.querySelector(selector);
const cards = new Map();
let shown = { rooms: [] };
let seen = "";

async function ctl(op, more = {}) {
  const answer = await fetch("/_ctl", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ op, ...more }),
  });
  const body = await answer.json();
  if (!answer.ok) alert(body.error);
  return body;
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote",
  expandable_blockquote: "blockquote", text_link: "a", url: "a", spoiler: "span" };

function wrap(entity, words) {
  const made = element(TAGS[entity.type] || "span", "", entity.type === "spoiler" ? "spoiler" : "");
  const address = entity.url || (entity.type === "url" ? words : "");
  if (made.tagName === "A" && /^(https?|tg):/i.test(address)) {
    made.href = address; made.target = "_blank"; made.rel = "noopener noreferrer";
  }
  return made;
}

// JavaScript strings are UTF-16, as the offsets of entities are. Entities are sorted, the outer before the inner.
function formatted(text, entities, from, to, into) {
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i], end = entity.offset + entity.length;
    if (entity.offset < at || end > to) continue;
    into.append(text.slice(at, entity.offset));
    const made = wrap(entity, text.slice(entity.offset, end));
    formatted(text, entities.slice(i + 1).filter((inner) => inner.offset >= entity.offset && inner.offset + inner.length <= end), entity.offset, end, made);
    into.append(made);
    at = end;
  }
  into.append(text.slice(at, to));
}

const other = (room) => (room.type === "private" ? {} : { to: room.id });

function speaker(card, room) {
  return room.type === "private" ? room.id : $(".speaker", card).value;
}

function file(message) {
  if (!message.file) return element("div", `[${message.kind}] ${describe(message.extra)}`);
  if (message.kind === "photo") {
    const picture = element("img");
    picture.src = `/_file/${message.file}`; picture.alt = message.text || "photo";
    return picture;
  }
  const link = element("a", `[${message.kind}] ${message.name}`);
  link.href = `/_file/${message.file}`; link.download = message.name || message.kind;
  return link;
}

function describe(extra) {
  if (extra.poll) return `${extra.poll[0]} — ${extra.poll.slice(1).join(" / ")}`;
  if (extra.contact) return `${extra.contact.first_name} ${extra.contact.phone_number}`;
  if (extra.location) return `${extra.location.latitude}, ${extra.location.longitude}`;
  return "";
}

function meta(card, room, message) {
  const line = element("div", "", "meta");
  line.append(`${message.mine ? "bot" : message.from} · ${message.id} · ${new Date(message.at * 1000).toLocaleTimeString()}${message.edited ? " · edited" : ""}`);
  if (!message.mine && message.kind === "text" && room.type !== "channel") {
    const edit = element("button", "edit");
    edit.onclick = () => {
      const text = prompt("Edit", message.text);
      if (text) ctl("edits", { user: author(room, message), message: message.id, text, ...other(room) });
    };
    line.append(edit);
  }
  return line;
}

function author(room, message) {
  if (room.type === "private") return room.id;
  const found = shown.rooms.find((one) => one.type === "private" && one.name === message.from);
  return found ? found.id : room.id;
}

function keys(card, room, message) {
  return message.buttons.map((row) => {
    const line = element("div", "", "row");
    for (const button of row) {
      const key = element("button", button.url ? `${button.text} ↗` : button.text);
      key.onclick = () => button.url
        ? window.open(button.url, "_blank", "noopener")
        : ctl("presses", { user: speaker(card, room), message: message.id, data: button.data, ...other(room) });
      line.append(key);
    }
    return line;
  });
}

function bubble(card, room, message) {
  const made = element("div", "", message.mine ? "message bot" : "message");
  if (message.kind !== "text") made.append(file(message));
  const words = element("div", "", "words-said");
  formatted(message.text, message.entities, 0, message.text.length, words);
  made.append(words, meta(card, room, message), ...keys(card, room, message));
  return made;
}

function newCard(room) {
  const card = $("#card").content.firstElementChild.cloneNode(true);
  const now = () => shown.rooms.find((one) => one.id === card.dataset.id) || room;
  const say = (text) => ctl("says", { user: speaker(card, now()), text, ...other(now()) });
  $(".say", card).onsubmit = (event) => {
    event.preventDefault();
    const words = $(".words", card);
    if (words.value) say(words.value);
    words.value = "";
  };
  card.say = say;
  $(".kind", card).onchange = (event) => {
    if (event.target.value) ctl("sends", { user: speaker(card, now()), kind: event.target.value, ...other(now()) });
    event.target.value = "";
  };
  $(".upload input", card).onchange = (event) => upload(card, now(), event.target);
  $(".start", card).onclick = () => {
    const payload = prompt("Payload of the deep link (may be empty)", "");
    if (payload !== null) ctl("starts", { user: room.id, payload });
  };
  $(".block", card).onclick = () => ctl(now().closed ? "unblocks" : "blocks", { user: room.id });
  $(".migrate", card).onclick = () => ctl("migrates", { user: speaker(card, now()), to: room.id });
  for (const part of [".start", ".block"]) $(part, card).hidden = room.type !== "private";
  $(".more", card).hidden = room.type === "channel";
  $("#rooms").append(card);
  return card;
}

function upload(card, room, input) {
  const [chosen] = input.files;
  if (!chosen) return;
  const reader = new FileReader();
  reader.onload = () => ctl("sends", {
    user: speaker(card, room), kind: chosen.type.startsWith("image/") ? "photo" : "document", name: chosen.name,
    content: reader.result.split(",")[1], ...other(room),
  });
  reader.readAsDataURL(chosen);
  input.value = "";
}

function showCard(room, number) {
  if (!cards.has(number)) cards.set(number, newCard(room));
  const card = cards.get(number), state = JSON.stringify(room) + people().map((one) => one.id);
  if (card.state === state) return;
  card.state = state;
  card.dataset.id = room.id;
  $(".name", card).textContent = room.name;
  $(".id", card).textContent = `${room.type} ${room.id}`;
  $(".closed", card).hidden = !room.closed; $(".closed", card).textContent = room.closed;
  toast(card, room);
  $(".block", card).textContent = room.closed ? "Unblock" : "Block";
  $(".migrate", card).hidden = room.type !== "group";
  speakers(card, room);
  const list = $(".messages", card);
  list.replaceChildren(...room.messages.map((message) => bubble(card, room, message)));
  list.scrollTop = list.scrollHeight;
  $(".keyboard", card).replaceChildren(...room.keyboard.map((row) => {
    const line = element("div", "", "row");
    for (const text of row) { const key = element("button", text); key.onclick = () => card.say(text); line.append(key); }
    return line;
  }));
}

// Shown once for each press, and only for a while: as in Telegram.
function toast(card, room) {
  if (card.toasted === room.toasted) return;
  const place = $(".toast", card);
  card.toasted = room.toasted;
  place.textContent = room.toast; place.hidden = !room.toast;
  clearTimeout(card.untoast);
  card.untoast = setTimeout(() => { place.hidden = true; }, 6000);
}

const people = () => shown.rooms.filter((room) => room.type === "private");

function speakers(card, room) {
  const choice = $(".speaker", card), before = choice.value;
  choice.hidden = room.type !== "group" && room.type !== "supergroup";
  choice.replaceChildren(...people().map((one) => { const option = element("option", one.name); option.value = one.id; return option; }));
  if (before && people().some((one) => one.id === before)) choice.value = before;
}

function call(one) {
  const wrong = one.fault || one.code !== 200;
  const line = element("li", `${new Date(one.at * 1000).toLocaleTimeString()} ${one.method} ${one.chat || ""} → ${one.code || "no answer"} ${one.fault || ""} ${one.description} ${one.params.text || one.params.caption || ""}`, wrong ? "wrong" : "");
  line.title = JSON.stringify(one.params, null, 1);
  return line;
}

function show() {
  $("#bot").textContent = `@${shown.bot.username} · ${shown.url}`;
  const hook = shown.webhook;
  $("#webhook").textContent = `${hook.url ? `webhook ${hook.url}` : "long polling"} · ${hook.pending_update_count} waiting ${hook.last_error_message || ""}`;
  shown.rooms.forEach((room, number) => showCard(room, number));
  $("#faults").replaceChildren(...shown.faults.map((fault) => element("li",
    `${fault.kind} at ${fault.method}${fault.chat === null ? "" : ` in ${fault.chat}`}: ${fault.hits} of ${fault.times === null ? "all" : fault.times}, chance ${fault.chance}`)));
  $("#flood").checked = shown.limits !== null;
  $("#commands").replaceChildren(...shown.commands.map((one) => { const option = element("option", one.description); option.value = `/${one.command}`; return option; }));
  $("#calls").replaceChildren(...shown.calls.slice().reverse().map(call));
}

async function watch() {
  for (;;) {
    try {
      const answer = await fetch(`/_watch?seen=${seen}`);
      shown = await answer.json();
      seen = shown.seen;
      $("#lost").hidden = true;
      show();
    } catch (error) {
      console.error(error);
      $("#lost").hidden = false;
      await new Promise((done) => setTimeout(done, 1500));
    }
  }
}

$("#add").onsubmit = async (event) => {
  event.preventDefault();
  const name = event.target.name.value;
  event.target.reset();
  await ctl("user", { id: 1001 + shown.rooms.length, name });
};
$("#add-group").onclick = () => ctl("group", { id: -(501 + shown.rooms.length), title: `Nhóm ${shown.rooms.length + 1}`, members: people().map((one) => one.id) });
$("#add-channel").onclick = () => ctl("channel", { id: -1000000000501 - shown.rooms.length, title: `Kênh ${shown.rooms.length + 1}` });
$("#trouble").onsubmit = (event) => {
  event.preventDefault();
  const form = new FormData(event.target), more = { kind: form.get("kind"), method: form.get("method") || "*" };
  more.times = form.get("times") ? Number(form.get("times")) : null;
  more.chance = Number(form.get("chance"));
  more.seconds = Number(form.get("seconds"));
  more.retry_after = Math.max(1, Math.round(more.seconds));
  if (/^-?\d+$/.test(form.get("chat"))) more.chat = Number(form.get("chat"));
  ctl("fault", more);
};
$("#lift").onclick = () => ctl("lift");
$("#flood").onchange = (event) => ctl("limits", event.target.checked ? {} : { off: true });
watch();
