// One dialog for the few things that need an answer. Its words are named, so that a change of language reaches it.
import { rephrase } from "./words.js";

const dialog = document.getElementById("dialog");
const yes = document.getElementById("dialog-yes");
const no = document.getElementById("dialog-no");

let answered = () => {};

// Asks; resolves to true or false. `refuse` null: there is only one way on, and closing the dialog means it.
export function ask(title, text, agree, refuse = "cancel") {
  document.getElementById("dialog-title").dataset.word = title;
  document.getElementById("dialog-text").dataset.word = text;
  yes.dataset.word = agree;
  no.dataset.word = refuse ?? "cancel";
  no.hidden = refuse === null;
  rephrase(dialog);
  answered(false); // whatever was asked before is not asked any more
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    answered = (agreed) => {
      answered = () => {};
      resolve(agreed || refuse === null);
    };
    yes.onclick = () => close(true);
    no.onclick = () => close(false);
  });
}

// Closed by its own means: Escape, or the way back of a phone.
dialog.addEventListener("cancel", () => answered(false));

function close(agreed) {
  dialog.close();
  answered(agreed);
}

export const tell = (title, text, agree) => ask(title, text, agree, null);
