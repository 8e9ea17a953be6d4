/* Older words, put in front without moving what is being read. Without script: a plain link. */
import { page } from "./http.js";

export function wireOlder({ link, list, log }) {
  if (!link) return;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const older = await page(link.href);
    link.ariaBusy = "false";
    const said = older?.getElementById("said");
    if (!said) return location.assign(link.href);
    const items = [...said.querySelectorAll(":scope > .said")].map((item) =>
      document.importNode(item, true),
    );
    const below = log.scrollHeight - log.scrollTop;
    list.prepend(items);
    log.scrollTop = log.scrollHeight - below;
    const next = older.getElementById("older");
    if (next) link.href = next.href;
    else link.remove();
  });
}
