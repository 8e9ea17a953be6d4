/* One item that is open: what others do to it shows when the desk's bell rings; whatever is being
 * typed or chosen stays where it is, untouched. */
import { page } from "./http.js";
import { Socket } from "./socket.js";

const ASK_EVERY = 30_000; // ms, whether the bell rang or not: a claim also ends by the clock
const item = document.querySelector(".desk.item[data-version]");
const SIDES = [".claim", ".read", ".does"];

const about = (part) => part.getAttribute("aria-labelledby") ?? part.className;
const saying = (part) => [part.textContent, ...[...part.querySelectorAll("form")].map((one) => one.action)].join();

function touched(field) {
  if (field.type === "hidden") return false;
  if (field.matches("select")) {
    const first = Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
    return field.selectedIndex !== first;
  }
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value.trim() !== "";
}

const inUse = (part) =>
  part.contains(document.activeElement) || [...part.querySelectorAll("input, textarea, select")].some(touched);

/* Parts that say something else are replaced; those in use aren't even moved: a half-typed Japanese
 * word would break off. */
function renew(side, fresh) {
  const news = [...fresh.children];
  const stays = [...side.children].filter((part) => {
    const next = news.find((one) => about(one) === about(part));
    return inUse(part) || (next && saying(next) === saying(part));
  });
  for (const part of [...side.children]) if (!stays.includes(part)) part.remove();
  let place = side.firstElementChild;
  for (const part of news) {
    const same = stays.find((one) => about(one) === about(part));
    if (same) place = same.nextElementSibling;
    else side.insertBefore(document.importNode(part, true), place);
  }
}

async function askAgain() {
  if (document.hidden) return;
  const fresh = (await page(item.dataset.address))?.querySelector(".desk.item[data-version]");
  // Whoever is pressing a button is asking something of the page as it stands.
  if (!fresh || document.querySelector(".desk.item button:active")) return;
  const at = document.activeElement?.closest(".claim form");
  for (const name of SIDES) {
    const side = item.querySelector(name);
    if (name === ".claim" && saying(side) !== saying(fresh.querySelector(name))) {
      side.replaceChildren(...[...fresh.querySelector(name).children].map((one) => document.importNode(one, true)));
    } else if (name !== ".claim") renew(side, fresh.querySelector(name));
  }
  if (at && !at.isConnected) item.querySelector(".claim button")?.focus();
  item.dataset.version = fresh.dataset.version;
  document.dispatchEvent(new Event("renewed"));
}

setInterval(askAgain, ASK_EVERY);
document.addEventListener("visibilitychange", askAgain);
new Socket({
  address: `/ws/desk/${item.dataset.program}/`,
  position: () => null,
  onFrame: (frame) => {
    if (frame.type === "desk" && String(frame.version) !== item.dataset.version) askAgain();
  },
  onState: () => {},
}).start();
