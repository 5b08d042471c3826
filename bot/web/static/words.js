// The words of the page. They come in with it, out of the files that the office proof-reads.
const island = JSON.parse(document.getElementById("island").textContent);

export const MAX_TEXT = island.max;
export const IS_WIDGET = island.widget;

let language = document.documentElement.lang === "en" ? "en" : "vi";

export const current = () => language;

export function word(name, n) {
  const text = island.words[language][name] ?? "";
  return n === undefined ? text : text.replace("{n}", new Intl.NumberFormat(language).format(n));
}

export function speak(next) {
  if (!(next in island.words) || next === language) return;
  language = next;
  document.documentElement.lang = next;
  document.getElementById("language").lang = next === "vi" ? "en" : "vi";
  document.title = `${word("title")} – ${word("office_name")}`;
  rephrase(document);
}

// Puts the words of this language wherever the page names them.
export function rephrase(root) {
  for (const el of root.querySelectorAll("[data-word]")) el.textContent = word(el.dataset.word);
  for (const el of root.querySelectorAll("[data-label]")) el.setAttribute("aria-label", word(el.dataset.label));
  for (const el of root.querySelectorAll("[data-title]")) el.title = word(el.dataset.title);
  for (const el of root.querySelectorAll("[data-placeholder]")) el.placeholder = word(el.dataset.placeholder);
}
