// A computer that several people use: nothing stays on it, and the conversation ends with the person.
import { ask, tell } from "./dialogs.js";
import { current } from "./words.js";
import { Memory } from "./memory.js";

const IDLE_MS = 10 * 60_000;
const WARN_MS = 60_000;
const STAY_MS = 60_000;

export const IS_SHARED = new URLSearchParams(location.search).has("chung");

const address = () => `/?chung=1&lang=${current()}`;

// From the ordinary page: the session of this browser is ended first, so that its cookie opens nothing any more.
export async function offer(fail) {
  if (!(await ask("shared_ask_title", "shared_ask", "shared_ask_yes"))) return;
  try {
    const answer = await fetch("/session/end", { method: "POST", body: "{}" });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    fail();
    return;
  }
  Memory.forgetDevice();
  location.replace(address());
}

export function begin(link, wipe) {
  document.getElementById("banner").hidden = false;
  document.getElementById("shared").hidden = true;
  let over = false;
  const leave = () => {
    if (over) return;
    over = true;
    // The page may be going away: a beacon is delivered all the same.
    if (link.token) navigator.sendBeacon("/session/end", JSON.stringify({ token: link.token }));
    link.end();
    wipe();
  };
  const finish = () => {
    leave();
    tell("ended_title", "ended_shared", "ended_again").then(() => location.replace(address()));
  };
  document.getElementById("end").addEventListener("click", finish);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  watch(link, finish, () => over);
}

function watch(link, finish, isOver) {
  let active = Date.now();
  let told = Date.now();
  const alive = () => {
    active = Date.now();
    if (active - told < STAY_MS) return;
    told = active;
    link.send({ t: "stay" });
  };
  for (const kind of ["keydown", "pointerdown", "wheel", "touchmove"]) addEventListener(kind, alive, { passive: true });
  setInterval(async () => {
    if (isOver()) return;
    const idle = Date.now() - active;
    if (idle >= IDLE_MS) return finish();
    if (idle < IDLE_MS - WARN_MS || document.querySelector("dialog[open]")) return;
    await ask("idle_title", "idle", "idle_stay", null);
    if (!isOver()) alive();
  }, 1_000);
}
