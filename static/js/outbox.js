/* What was written and isn't safely stored yet. It survives a reload and a lost connection; what is
   sent again carries the same nonce, so that the server stores it once. */
import { read, write } from "./keep.js";
import { nonce } from "./nonce.js";
import { say } from "./words.js";

const ANSWER_MS = 10_000;
const BUSY_MS = 5000;
const PASSING = new Set(["too_fast", "busy"]);

export class Outbox {
  #items;
  #nodes = new Map();
  #ready = false; // connected and welcomed
  #pausing = false; // asked to wait a little
  #answer = null;
  #later = null;
  #key;
  #does;

  /**
   * `does.send(frame)` tells whether it went out; `does.reached(seq)` whether the list holds it;
   * `does.giveBack(item, sentence, code, links)` whether the composer took the words again;
   * `does.murmured(item, at)` shows a murmur that arrived;
   * `does.added()` after something new was written, `does.grew()` after its look changed.
   */
  constructor({ slug, you, list, blank, ...does }) {
    this.#key = `outbox:${slug}`;
    this.list = list;
    this.blank = blank;
    this.you = you;
    this.#does = does;
    const kept = read(this.#key, { you, items: [] });
    // Somebody else's words, if the seat in this browser changed, are nobody's to send.
    this.#items = kept.you === you || kept.you === "" ? kept.items : [];
    for (const item of this.#items) if (item.state === "sending") item.state = "waiting";
    this.#items.forEach((item) => this.#paint(item));
    list.addEventListener("click", (event) => this.#press(event));
  }

  add({ type, text, veil = "", aloud = false }) {
    const item = { nonce: nonce(), type, text, veil, aloud, state: "waiting", note: "" };
    this.#items.push(item);
    this.#changed(item);
    this.#pump();
    this.#does.added();
  }

  /** Connected and welcomed. What was held is asked for once more: it may have been let through. */
  welcome() {
    this.#ready = true;
    this.#pausing = false;
    for (const item of [...this.#items]) {
      if (item.state === "sending" || item.state === "held") item.state = "waiting";
      if (item.state === "sent" && this.#does.reached(item.seq)) this.#drop(item);
      else this.#changed(item);
    }
    this.#pump();
  }

  lost() {
    this.#ready = false;
    clearTimeout(this.#answer);
    clearTimeout(this.#later);
    for (const item of this.#items) {
      if (item.state === "sending") item.state = "waiting";
      this.#changed(item);
    }
  }

  /** The room won't have us again: nothing will go out any more. */
  ended(sentence) {
    this.lost();
    for (const item of this.#items) if (item.state === "waiting") this.#fail(item, sentence);
  }

  /** Whether the frame answered something of ours. */
  receive(frame) {
    const item = frame.nonce && this.#items.find((one) => one.nonce === frame.nonce);
    if (!item) return false;
    clearTimeout(this.#answer);
    if (frame.type === "ack") this.#stored(item, frame);
    else if (frame.type === "held") {
      item.state = "held";
      item.note = "";
      this.#changed(item);
    } else if (frame.type === "refused") this.#refused(item, frame);
    else return false;
    this.#pump();
    return true;
  }

  /** A message of one's own is in the list: its stand-in goes. */
  arrived({ seq, text }) {
    const item =
      this.#items.find((one) => one.seq === seq) ??
      this.#items.find((one) => one.state === "held" && one.text.trim() === text);
    if (item) this.#drop(item);
    else {
      // The event came before its ack: one of the two is enough to look at.
      const early = this.#items.find(
        (one) => one.state === "sending" && one.type === "post" && one.text.trim() === text,
      );
      if (early) this.#nodes.get(early.nonce).hidden = true;
    }
  }

  #stored(item, { seq, at }) {
    if (item.type === "murmur") {
      this.#drop(item);
      this.#does.murmured(item, at);
    } else if (seq === undefined || this.#does.reached(seq)) this.#drop(item);
    else {
      item.state = "sent";
      item.note = "";
      item.seq = seq;
      this.#changed(item);
    }
  }

  #refused(item, { code, text, links, retry_after: wait }) {
    if (PASSING.has(code)) {
      // The server's sentence asks to do it again; here that is done for the person.
      item.state = "waiting";
      this.#changed(item);
      this.#pausing = true;
      clearTimeout(this.#later);
      this.#later = setTimeout(() => {
        this.#pausing = false;
        this.#pump();
      }, wait ? wait * 1000 : BUSY_MS);
      return;
    }
    if (code === "conflict") item.nonce = this.#renamed(item);
    if (this.#does.giveBack(item, text, code, links)) this.#drop(item);
    else this.#fail(item, text);
  }

  #renamed(item) {
    const fresh = nonce();
    this.#nodes.set(fresh, this.#nodes.get(item.nonce));
    this.#nodes.delete(item.nonce);
    this.#nodes.get(fresh).dataset.nonce = fresh;
    return fresh;
  }

  /** One at a time, so that the order stays. */
  #pump() {
    if (!this.#ready || this.#pausing) return;
    if (this.#items.some((item) => item.state === "sending")) return;
    const item = this.#items.find((one) => one.state === "waiting");
    if (!item) return;
    const frame = { type: item.type, nonce: item.nonce, text: item.text };
    if (item.type === "post" && item.veil) frame.veil = item.veil;
    if (item.type === "murmur" && item.aloud) frame.aloud = true;
    if (!this.#does.send(frame)) return;
    item.state = "sending";
    this.#changed(item);
    clearTimeout(this.#answer);
    this.#answer = setTimeout(() => {
      item.state = "waiting";
      this.#changed(item);
      this.#pump();
    }, ANSWER_MS);
  }

  #press({ target }) {
    const act = target.closest("[data-outbox]")?.dataset.outbox;
    if (!act) return;
    const { nonce: pressed } = target.closest("[data-nonce]").dataset;
    const item = this.#items.find((one) => one.nonce === pressed);
    if (!item) return;
    if (act === "drop") this.#drop(item);
    else {
      item.state = "waiting";
      item.note = "";
      this.#changed(item);
      this.#pump();
    }
  }

  #fail(item, sentence) {
    item.state = "failed";
    item.note = sentence ?? "";
    this.#changed(item);
  }

  #drop(item) {
    this.#items = this.#items.filter((one) => one !== item);
    this.#nodes.get(item.nonce)?.remove();
    this.#nodes.delete(item.nonce);
    this.#save();
  }

  #changed(item) {
    this.#paint(item);
    this.#save();
    this.#does.grew();
  }

  #save() {
    write(this.#key, this.#items.length ? { you: this.you, items: this.#items } : null);
  }

  #paint(item) {
    let node = this.#nodes.get(item.nonce);
    if (!node) {
      node = this.blank.content.firstElementChild.cloneNode(true);
      node.dataset.nonce = item.nonce;
      node.querySelector('[data-slot="text"]').textContent = item.text;
      node.querySelector('[data-slot="kind"]').hidden = item.type !== "murmur";
      this.#nodes.set(item.nonce, node);
      this.list.append(node);
    }
    node.hidden = false;
    node.dataset.state = item.state;
    node.querySelector('[data-slot="state"]').textContent = say(
      item.state === "waiting" && this.#ready ? "out-soon" : `out-${item.state}`,
    );
    node.querySelector('[data-slot="note"]').textContent = item.note;
    const failed = item.state === "failed";
    node.querySelector('[data-outbox="again"]').hidden = !failed;
    node.querySelector('[data-outbox="drop"]').hidden = !failed && item.state !== "held";
  }
}
