// Runs before the first paint, so that a page in the dark does not flash. Shared computers keep no choice.
(() => {
  "use strict";
  try {
    const shared = new URLSearchParams(location.search).has("chung");
    const choice = shared ? null : localStorage.getItem("troly.theme");
    if (choice === "dark" || choice === "light") document.documentElement.dataset.theme = choice;
  } catch {
    // A browser that refuses storage follows the system's setting.
  }
})();
