// The box one types in: grows with the text, counts when it gets long, keeps a draft, and never loses what was typed.
import { MAX_TEXT, word } from "./words.js";

const form = document.getElementById("form");
const box = document.getElementById("box");
const send = document.getElementById("send");
const count = document.getElementById("count");
const COUNTED_FROM = 500; // characters left

const lengthOf = (text) => [...text].length; // as the server counts: characters, not halves of them

export function begin({ memory, onSend, onEmpty }) {
  box.value = memory.get("draft") ?? "";
  const changed = () => {
    memory.set("draft", box.value || null);
    show();
  };
  box.addEventListener("input", changed);
  box.addEventListener("keydown", (event) => {
    // While an input method composes (Telex, VNI), Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return onEmpty();
    if (lengthOf(text) > MAX_TEXT) return box.focus();
    box.value = "";
    changed();
    box.focus();
    onSend(text);
  });
  show();
}

// Gives a text back that could not be sent. What stands in the box by now is kept below it.
export function giveBack(text) {
  box.value = box.value.trim() ? `${text}\n${box.value}` : text;
  box.dispatchEvent(new Event("input"));
}

export const focus = () => box.focus();

export function show() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 3}px`;
  const left = MAX_TEXT - lengthOf(box.value.trim());
  const text = left < 0 ? word("over", -left) : left < COUNTED_FROM ? word("left", left) : "";
  if (count.textContent !== text) count.textContent = text;
  count.classList.toggle("over", left < 0);
  send.setAttribute("aria-disabled", String(left < 0 || !box.value.trim()));
}
