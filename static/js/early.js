/* Runs before anything is drawn: a page that was hidden must not flash up again. No module, for
   modules wait for the whole page. */
(() => {
  const root = document.documentElement;
  const stored = (area, key) => {
    try { return window[area].getItem(key); } catch { return null; }
  };
  const goNeutral = () => {
    root.hidden = true;
    location.replace(root.dataset.quiet);
  };
  const hidden = () => stored("sessionStorage", "quiet") === "1";

  const how = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
  if (hidden()) {
    // Back and reload lead to the neutral page; only going somewhere on purpose lifts it.
    if (how !== "navigate") goNeutral();
    else sessionStorage.removeItem("quiet");
  }
  // A page taken out of the browser's memory shows itself only once it knows that it may.
  addEventListener("pagehide", (event) => { if (event.persisted) root.hidden = true; });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (hidden()) goNeutral();
    else root.hidden = false;
  });

  const size = stored("localStorage", "size");
  if (size === "large" || size === "largest") root.dataset.size = size;
  const dim = () => {
    const hour = new Date().getHours();
    root.toggleAttribute("data-night", hour >= 23 || hour < 5);
  };
  dim();
  setInterval(dim, 60_000);

  // Taken back if the modules never come, so that the forms for pages without script appear.
  root.dataset.live = "";
  setTimeout(() => { if (!("ready" in root.dataset)) delete root.dataset.live; }, 8000);
})();
