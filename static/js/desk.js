/* The desk: it asks again when its bell rings, is driven by keys, and 「いますか」 appears when it is due. */
import { page } from "./http.js";
import { Socket } from "./socket.js";

const ASK_EVERY = 30_000; // ms, whether the bell rang or not
const LOOK_EVERY = 5_000; // ms, rooms beside each other
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

/* Rooms beside each other, anew line by line: what is open, focused or scrolled to stays. */
const telling = (line) => [line.textContent, line.dataset.state].join();

function anew(list, fresh) {
  const [atEnd, top] = [list.scrollHeight - list.scrollTop - list.clientHeight < 4, list.scrollTop];
  const there = new Set([...fresh.children].map((one) => one.id));
  for (const line of [...list.children]) {
    // A line that somebody is just dealing with goes when they are done.
    if (!there.has(line.id) && !line.contains(document.activeElement)) line.remove();
  }
  let before = null;
  for (const line of fresh.children) {
    let shown = line.id ? document.getElementById(line.id) : null;
    if (!shown || telling(shown) !== telling(line)) {
      const next = document.importNode(line, true);
      const [open, at] = [shown?.querySelector("details")?.open, shown?.contains(document.activeElement)];
      if (shown) shown.replaceWith(next);
      else list.insertBefore(next, before ? before.nextSibling : list.firstChild);
      if (open) next.querySelector("details").open = true;
      if (at) next.querySelector("summary")?.focus();
      shown = next;
    }
    before = shown;
  }
  list.scrollTop = atEnd && list.scrollHeight > list.clientHeight ? list.scrollHeight : top;
}

async function lookAgain() {
  const sides = document.getElementById("sides");
  if (document.hidden) return;
  const asked = new URLSearchParams({ program: sides.dataset.program });
  for (const room of sides.dataset.rooms.split(" ")) if (room) asked.append("room", room);
  const fresh = (await page(`/moderation/rooms/?${asked}`))?.getElementById("sides");
  if (!fresh || sides.querySelector("button:active")) return;
  for (const list of sides.querySelectorAll("ol.context")) {
    const now = fresh.querySelector(`#${list.id}`);
    if (now) anew(list, now);
  }
  sides.dataset.version = fresh.dataset.version;
  show();
}

/* The bell says at which number the desk stands; the words are asked for as without it. */
function listen(program, stands, again) {
  new Socket({
    address: `/ws/desk/${program}/`,
    position: () => null,
    onFrame: (frame) => {
      if (frame.type === "desk" && String(frame.version) !== stands()) again();
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
  const program = document.querySelector("#queue input[name=program]").value;
  listen(program, () => document.getElementById("queue").dataset.version, askAgain);
}
const sides = document.getElementById("sides");
if (sides) {
  // What is said in a room rings no desk: it is asked for.
  setInterval(lookAgain, LOOK_EVERY);
  document.addEventListener("visibilitychange", lookAgain);
  listen(sides.dataset.program, () => sides.dataset.version, lookAgain);
}
document.documentElement.dataset.ready = "";
