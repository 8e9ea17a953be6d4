/* The list of what was said. Words enter by textContent only; nodes are added, never redrawn. */
import { drawStamps } from "./stamps.js";
import { dayKey, dayOf, say, timeOf } from "./words.js";

const GROUP_MS = 5 * 60_000; // counted from a group's first message

export class Messages {
  #by = new Map();
  #late = new Map(); // changes of messages that aren't here (yet)

  /** `list` is the <ol>, `blank` the <template> of `_event.html`, `you` one's own `from.id`. */
  constructor({ list, blank, you, muted }) {
    Object.assign(this, { list, blank, you, muted });
    for (const item of list.querySelectorAll(":scope > .said")) this.#adopt(item);
    this.arrange();
  }

  has(seq) {
    return this.#by.has(seq);
  }

  get(seq) {
    return this.#by.get(seq);
  }

  get oldest() {
    return Math.min(...this.#by.keys());
  }

  replace(events) {
    const own = [...this.list.querySelectorAll(":scope > .murmured")];
    this.#by.clear();
    this.#late.clear();
    this.list.replaceChildren();
    for (const event of events) if (event.type === "message") this.#append(event);
    for (const item of own) this.place(item);
    this.arrange();
  }

  /** One event, in order. Returns the item of a new message. */
  apply(event) {
    if (event.type === "message") {
      if (this.#by.has(event.seq)) {
        this.#fill(this.#by.get(event.seq), event);
        return null;
      }
      const item = this.#append(event);
      this.#arrangeLast();
      return item;
    }
    if (event.type === "gone") this.#remove(event.seq);
    if (event.type !== "changed" && event.type !== "stamped") return null;
    const item = this.#by.get(event.of);
    if (!item) this.#late.set(event.of, [...(this.#late.get(event.of) ?? []), event]);
    else this.#change(item, event);
    return null;
  }

  /** Older items, as the server drew them, in front of what is here. */
  prepend(items) {
    const fresh = items.filter((item) => !this.#by.has(Number(item.dataset.seq)));
    this.list.prepend(...fresh);
    for (const item of fresh) {
      this.#adopt(item);
      for (const event of this.#late.get(Number(item.dataset.seq)) ?? []) this.#change(item, event);
    }
    this.arrange();
  }

  /** Something that isn't a message (a murmur of one's own) where its time puts it. */
  place(item) {
    const later = [...this.list.children].find(
      (one) => one.dataset.at && Date.parse(one.dataset.at) > Date.parse(item.dataset.at),
    );
    this.list.insertBefore(item, later ?? null);
  }

  /** The line before the first message after `seq` that isn't one's own; placed once. */
  markUnread(seq) {
    const first = [...this.list.querySelectorAll(":scope > .said")].find(
      (item) => Number(item.dataset.seq) > seq && !("mine" in item.dataset) && !item.hidden,
    );
    if (!first || !first.previousElementSibling) return null;
    const line = document.createElement("li");
    line.className = "unread";
    line.textContent = say("unread");
    first.before(line);
    this.arrange();
    return line;
  }

  applyMutes() {
    for (const item of this.#by.values()) this.#hush(item);
    this.arrange();
  }

  /** Day lines and groups over the whole list. */
  arrange() {
    for (const line of this.list.querySelectorAll(":scope > .day")) line.remove();
    let day = null;
    let first = null;
    for (const item of [...this.list.children]) {
      if (!item.classList.contains("said") || item.hidden) {
        if (!item.hidden) first = null;
        continue;
      }
      const today = dayKey(item.dataset.at);
      if (today !== day) {
        item.before(this.#dayLine(item.dataset.at));
        first = null;
      }
      day = today;
      first = this.#group(item, first);
    }
  }

  #arrangeLast() {
    const item = this.list.lastElementChild;
    const earlier = [...this.#by.values()].at(-2);
    if (!earlier || dayKey(earlier.dataset.at) !== dayKey(item.dataset.at)) {
      item.before(this.#dayLine(item.dataset.at));
    }
    const before = item.previousElementSibling;
    const first = before?.classList.contains("said") && !before.hidden ? before : null;
    if (item.hidden) return;
    this.#group(item, first && (this.#by.get(Number(first.dataset.first)) ?? first));
  }

  #group(item, first) {
    const together =
      first !== null &&
      first.dataset.from === item.dataset.from &&
      item.dataset.from !== "" &&
      Date.parse(item.dataset.at) - Date.parse(first.dataset.at) < GROUP_MS;
    item.toggleAttribute("data-grouped", together);
    item.dataset.first = (together ? first : item).dataset.seq;
    return together ? first : item;
  }

  #dayLine(at) {
    const line = document.createElement("li");
    line.className = "day";
    line.textContent = dayOf(at);
    return line;
  }

  #adopt(item) {
    const seq = Number(item.dataset.seq);
    this.#by.set(seq, item);
    item.toggleAttribute("data-mine", item.dataset.from !== "" && item.dataset.from === this.you);
    this.#hush(item);
  }

  #append(event) {
    const item = this.blank.content.firstElementChild.cloneNode(true);
    this.#fill(item, event);
    this.#by.set(event.seq, item);
    this.list.append(item);
    for (const late of this.#late.get(event.seq) ?? []) this.#change(item, late);
    return item;
  }

  #fill(item, { seq, from, text, veil, at, state, stamps }) {
    const slot = (name) => item.querySelector(`[data-slot="${name}"]`);
    item.id = `m-${seq}`;
    Object.assign(item.dataset, { seq, at, from: from.id, role: from.role });
    item.toggleAttribute("data-mine", from.id !== "" && from.id === this.you);
    slot("mark").textContent = from.mark;
    const who = from.handle || say("someone");
    slot("handle").textContent = who;
    slot("role").textContent = say(`role-${from.role}`);
    slot("role").hidden = from.role === "participant";
    slot("you").hidden = !("mine" in item.dataset);
    slot("at").textContent = timeOf(at);
    slot("at").setAttribute("datetime", at);
    slot("of").value = seq;
    slot("answer").setAttribute("aria-label", say("answer", { who }));
    this.#state(item, state, text, veil);
    drawStamps(slot("stamps"), stamps);
    this.#hush(item);
  }

  #change(item, event) {
    if (event.type === "stamped") {
      drawStamps(item.querySelector('[data-slot="stamps"]'), event.stamps);
    } else if (event.state === "erased") this.#remove(event.of);
    else this.#state(item, event.state, event.text ?? "", event.veil ?? "");
  }

  #state(item, state, text, veil) {
    const slot = (name) => item.querySelector(`[data-slot="${name}"]`);
    const shown = state === "shown";
    item.dataset.state = state;
    slot("text").textContent = shown ? text : "";
    slot("text").hidden = !shown;
    slot("veil").textContent = shown ? veil : "";
    const fold = slot("veil").closest("details");
    fold.hidden = !shown || veil === "";
    fold.open = false;
    slot("state").textContent = shown ? "" : say(`state-${state}`);
    slot("state").hidden = shown;
    slot("answer").hidden = !shown;
  }

  #remove(seq) {
    const item = this.#by.get(seq);
    if (!item) return;
    this.#by.delete(seq);
    item.remove();
    this.arrange();
  }

  #hush(item) {
    item.hidden = this.muted.has(item.dataset.from);
  }
}
