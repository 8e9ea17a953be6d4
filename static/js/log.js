/* The rule of the room's log: every event once, in order, and no loss unnoticed. No page in here,
   so that it can be tested without one. */

export const HOLD_MS = 500; // how long a later event may wait for the ones before it
export const ANSWER_MS = 5000; // how long an answer to `resume` may take
const FRUITLESS = 3; // answers without progress before everything is fetched anew
const EVENTS = new Set(["message", "changed", "stamped", "room", "gone"]);

export class Log {
  #held = new Map();
  #timer = null;
  #asked = false;
  #target = 0;
  #fruitless = 0;
  #welcomed = false;
  #does;

  /**
   * `does.apply(event)` shows one event; `does.replace(events)` starts the list anew;
   * `does.resume(since)` asks the server; `does.startOver()` gives the position up.
   * `does.set(call, ms)` and `does.clear(timer)` are the clock.
   */
  constructor({ epoch = null, last = null, ...does }) {
    this.epoch = epoch;
    this.last = last;
    this.#does = {
      set: (call, ms) => setTimeout(call, ms),
      clear: (timer) => clearTimeout(timer),
      ...does,
    };
  }

  /** Where to continue from, or null for a fresh start. */
  get position() {
    return this.epoch && this.last !== null ? { epoch: this.epoch, since: this.last } : null;
  }

  /** Whether the frame was the log's. */
  receive(frame) {
    if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "events") this.#answer(frame);
    else if (frame.type === "head") this.#reach(frame.seq);
    else if (EVENTS.has(frame.type)) this.#event(frame);
    else return false;
    return true;
  }

  /** The connection is gone: what was held or asked for will come with the next welcome. */
  lost() {
    this.#stopWaiting();
    this.#held.clear();
    this.#asked = false;
    this.#target = 0;
    this.#welcomed = false;
  }

  #welcome({ epoch, head, recovered, events, more }) {
    this.lost();
    this.#welcomed = true;
    this.#fruitless = 0;
    this.epoch = epoch;
    if (!recovered || this.last === null) {
      this.last = head;
      this.#does.replace(events);
      return;
    }
    for (const event of events) this.#take(event);
    if (more) this.#ask();
    else this.#reach(head);
  }

  #answer({ events, more, head }) {
    if (!this.#welcomed) return;
    const before = this.last;
    this.#asked = false;
    this.#stopWaiting();
    for (const event of events) this.#take(event);
    this.#drain();
    this.#target = Math.max(this.#target, head);
    if (this.last > before) this.#fruitless = 0;
    else if (this.#behind && ++this.#fruitless >= FRUITLESS) {
      this.#giveUp();
      return;
    }
    if (more) this.#ask();
    else this.#wait();
  }

  #event(event) {
    if (!this.#welcomed) return;
    this.#take(event);
    this.#drain();
    this.#wait();
  }

  #take(event) {
    if (event.seq === this.last + 1) {
      this.last = event.seq;
      this.#does.apply(event);
    } else if (event.seq > this.last) this.#held.set(event.seq, event);
  }

  #drain() {
    for (const seq of [...this.#held.keys()].sort((a, b) => a - b)) {
      if (seq > this.last + 1) break;
      const event = this.#held.get(seq);
      this.#held.delete(seq);
      this.#take(event);
    }
    if (!this.#behind && !this.#asked) this.#stopWaiting();
  }

  #reach(head) {
    if (!this.#welcomed) return;
    this.#target = Math.max(this.#target, head);
    this.#wait();
  }

  get #behind() {
    return this.#held.size > 0 || this.last < this.#target;
  }

  #wait() {
    if (!this.#behind || this.#asked || this.#timer !== null) return;
    this.#timer = this.#does.set(() => {
      this.#timer = null;
      if (this.#behind) this.#ask();
    }, HOLD_MS);
  }

  #ask() {
    this.#stopWaiting();
    this.#asked = true;
    this.#does.resume(this.last);
    this.#timer = this.#does.set(() => {
      this.#timer = null;
      this.#asked = false;
      // No answer means that storage is out of reach: asking on is right, leaving would not be.
      this.#ask();
    }, ANSWER_MS);
  }

  #stopWaiting() {
    if (this.#timer !== null) this.#does.clear(this.#timer);
    this.#timer = null;
  }

  #giveUp() {
    this.lost();
    this.epoch = null;
    this.#does.startOver();
  }
}
