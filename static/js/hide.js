/* 「かくす」 and Esc Esc: this page is gone at once, and Back doesn't bring it again. */
import { warm } from "./http.js";

const TWICE_MS = 1000;

export function hide() {
  const root = document.documentElement;
  root.hidden = true;
  try {
    sessionStorage.clear();
    // `early.js` asks for this on every page of the history.
    sessionStorage.setItem("quiet", "1");
  } catch { /* without storage there is nothing to clear either */ }
  document.body?.replaceChildren();
  location.replace(root.dataset.quiet);
}

export function wireHiding() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-hide]")) return;
    event.preventDefault();
    hide();
  });
  let escapedAt = -TWICE_MS;
  addEventListener("keydown", (event) => {
    // Escape also ends a conversion of the Japanese keyboard.
    const converting = event.isComposing || event.keyCode === 229;
    if (event.key !== "Escape" || converting || event.repeat) return;
    if (event.timeStamp - escapedAt < TWICE_MS) hide();
    escapedAt = event.timeStamp;
  }, { capture: true });
  const { quiet } = document.documentElement.dataset;
  if (quiet) warm(quiet);
}
