// One dialog for the few things that need an answer. Its words are named, so that a change of language reaches it.
import { rephrase } from "./words.js";

const dialog = document.getElementById("dialog");
const yes = document.getElementById("dialog-yes");
const no = document.getElementById("dialog-no");

// Asks; resolves to true or false. `refuse` null: there is only one way on, and closing the dialog means it.
export function ask(title, text, agree, refuse = "cancel") {
  document.getElementById("dialog-title").dataset.word = title;
  document.getElementById("dialog-text").dataset.word = text;
  yes.dataset.word = agree;
  no.dataset.word = refuse ?? "cancel";
  no.hidden = refuse === null;
  rephrase(dialog);
  if (dialog.open) dialog.close();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    yes.onclick = () => dialog.close("yes");
    no.onclick = () => dialog.close("no");
    dialog.onclose = () => resolve(dialog.returnValue === "yes" || refuse === null);
  });
}

export const tell = (title, text, agree) => ask(title, text, agree, null);
