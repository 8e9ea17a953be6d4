/* The desk: it asks again when its bell rings, is driven by keys, and 「いますか」 appears when it is due. */
import { page } from "./http.js";
import { Socket } from "./socket.js";

const ASK_EVERY = 30_000; // ms, whether the bell rang or not
for (const room of document.querySelectorAll("[data-ask-in]")) {
  const ask = room.querySelector(".ask");
  setTimeout(() => { ask.hidden = false; }, Number(room.dataset.askIn) * 1000);
}

/* Duty beside the queue, anew where it says something else; the place that was focused stays. */
const saying = (side) => [side.textContent, ...[...side.querySelectorAll("form")].map((one) => one.action)].join();

function besideIt(fresh) {
  const side = document.getElementById("side");
  if (!side || !fresh || saying(side) === saying(fresh)) return;
  const at = side.contains(document.activeElement) ? document.activeElement : null;
  const [form, link] = [at?.closest("form")?.getAttribute("action"), at?.getAttribute("href")];
  side.replaceWith(document.importNode(fresh, true));
  if (form) document.querySelector(`#side form[action="${form}"] button`)?.focus();
  else if (link) document.querySelector(`#side a[href="${link}"]`)?.focus();
}

/* What waits, anew; the place that was focused or chosen stays. */
async function askAgain() {
  const queue = document.getElementById("queue");
  if (!queue || document.hidden) return;
  const asked = new URLSearchParams({ since: queue.dataset.version });
  const program = queue.querySelector("input[name=program]")?.value;
  if (program) asked.set("program", program);
  const answer = await page(`/moderation/queue/?${asked}`);
  const fresh = answer?.getElementById("queue");
  // Whoever is pressing a button there is asking something of its page: it stays until then.
  if (!fresh || !queue.isConnected || document.querySelector("#side button:active")) return;
  besideIt(answer.getElementById("side"));
  const at = document.activeElement?.closest(".queue a")?.getAttribute("href");
  const picked = new Set([...queue.querySelectorAll("input[name=item]:checked")].map((one) => one.value));
  queue.replaceWith(document.importNode(fresh, true));
  for (const one of document.querySelectorAll("#queue input[name=item]")) one.checked = picked.has(one.value);
  if (at) document.querySelector(`.queue a[href="${at}"]`)?.focus();
  show();
}

/* The bell says at which number the desk stands; the words are asked for as without it. */
function listen(program) {
  new Socket({
    address: `/ws/desk/${program}/`,
    position: () => null,
    onFrame: (frame) => {
      const stands = document.getElementById("queue").dataset.version;
      if (frame.type === "desk" && String(frame.version) !== stands) askAgain();
    },
    onState: () => {},
  }).start();
}

/* Words that were blurred can be looked at by key and by touch; words laid ready can be put in. */
function show() {
  for (const one of document.querySelectorAll("[data-blurred] .words")) one.tabIndex = 0;
  for (const one of document.querySelectorAll("button.lay")) one.hidden = false;
}

function step(by) {
  const links = [...document.querySelectorAll(".queue a.open")];
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement?.closest("li")?.querySelector("a.open"));
  links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "c") document.getElementById("claim")?.click();
  else if (event.key === "Escape") document.getElementById("back")?.click();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.lay");
  if (!button) return;
  const box = document.getElementById(button.dataset.lay);
  const words = button.nextElementSibling.textContent;
  box.value = box.value.trim() ? `${box.value.trim()}\n${words}` : words;
  box.focus();
});
document.addEventListener("renewed", show);

show();
if (document.getElementById("queue")) {
  setInterval(askAgain, ASK_EVERY);
  document.addEventListener("visibilitychange", askAgain);
  listen(document.querySelector("#queue input[name=program]").value);
}
document.documentElement.dataset.ready = "";
