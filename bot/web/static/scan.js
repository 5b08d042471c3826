// The code on a receipt, from a photo of it. The picture is read by the server and kept nowhere.
const MOST = 12_000_000; // bytes, as the server takes them

export function begin({ onCode, onNone, onBusy }) {
  const button = document.getElementById("scan");
  const input = document.getElementById("picture");
  button.hidden = false;
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = "";
    if (!file || file.size > MOST) return file && onNone();
    button.setAttribute("aria-busy", "true");
    onBusy(true);
    try {
      const answer = await fetch("/scan", { method: "POST", body: file });
      const found = answer.ok ? await answer.json() : {};
      if (found.text) onCode(found.text, found.quiet);
      else onNone();
    } catch {
      onNone();
    } finally {
      button.removeAttribute("aria-busy");
      onBusy(false);
    }
  });
}
