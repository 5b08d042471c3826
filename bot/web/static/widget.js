// Puts the assistant into another page: a button, and a frame that is made when the button is first pressed.
// <script src="https://…/widget.js" async></script>   Optional: data-lang="en", data-side="left".
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.getElementById("troly-widget")) return;
  const home = new URL(script.src).origin;
  const all = WORDS_OF_THE_PAGE;
  const language = script.dataset.lang in all ? script.dataset.lang : document.documentElement.lang.startsWith("en") ? "en" : "vi";
  const words = all[language];
  const left = script.dataset.side === "left";

  const STYLE = `
    :host { all: initial; }
    button {
      position: fixed; z-index: 2147483000; bottom: max(1rem, env(safe-area-inset-bottom)); ${left ? "left" : "right"}: 1rem;
      display: inline-flex; align-items: center; gap: .55rem; min-height: 3.25rem; padding: 0 1.15rem;
      border: 2px solid #fff; border-radius: 1.7rem; background: #0b4f7d; color: #fff; cursor: pointer;
      font: 600 1rem/1.2 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
      box-shadow: 0 3px 14px rgb(0 0 0 / 28%);
    }
    button:focus-visible { outline: 3px solid #c2410c; outline-offset: 3px; }
    button[aria-expanded="true"] { visibility: hidden; }
    svg { width: 1.5rem; height: 1.5rem; flex: none; }
    iframe {
      position: fixed; z-index: 2147483001; bottom: 1rem; ${left ? "left" : "right"}: 1rem; width: 25rem; height: min(42rem, calc(100vh - 2rem));
      border: 1px solid #748798; border-radius: 1rem; background: #f3f6f9; box-shadow: 0 8px 40px rgb(0 0 0 / 30%);
    }
    iframe[hidden] { display: none; }
    @media (max-width: 32rem), (max-height: 30rem) {
      iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border: 0; border-radius: 0; }
    }
    @media print { :host { display: none; } }
  `;

  const host = document.createElement("div");
  host.id = "troly-widget";
  host.lang = language;
  const root = host.attachShadow({ mode: "open" });
  dress(root);

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  button.append(icon(), words.widget_open);
  button.addEventListener("click", open);
  root.append(button);

  let frame = null;
  let loaded = false;

  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = words.widget_title;
      frame.referrerPolicy = "no-referrer";
      frame.src = `${home}/widget?lang=${language}`;
      frame.addEventListener("load", () => {
        loaded = true;
        enter();
      });
      root.append(frame);
    }
    frame.hidden = false;
    button.setAttribute("aria-expanded", "true");
    enter();
  }

  function enter() {
    if (!loaded || frame.hidden) return;
    frame.focus();
    frame.contentWindow.postMessage("troly:open", home);
  }

  function close() {
    if (!frame || frame.hidden) return;
    frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  addEventListener("message", (event) => {
    if (event.origin === home && event.source === frame?.contentWindow && event.data === "troly:close") close();
  });

  // A page whose own rules forbid inline style still lets a script make a sheet.
  function dress(shadow) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement("style");
      style.textContent = STYLE;
      shadow.append(style);
    }
  }

  function icon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M4 4.5h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-6.5L9 22v-4.5H4a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z");
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    return svg;
  }

  if (document.body) document.body.append(host);
  else addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
