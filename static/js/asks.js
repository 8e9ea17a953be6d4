/* Questions with a nonce (stamp, withdraw, report, stay): each gets its answer, or null. */
import { nonce } from "./nonce.js";

const ANSWER_MS = 10_000;

export class Asks {
  #open = new Map();

  constructor(send) {
    this.send = send;
  }

  /** `{ok: true}`, `{ok: false, text}` from the server, or null when nothing came back. */
  ask(frame, { nonce: given = nonce() } = {}) {
    return new Promise((done) => {
      if (!this.send({ ...frame, nonce: given })) return done(null);
      this.#open.set(given, done);
      setTimeout(() => this.#close(given, null), ANSWER_MS);
    });
  }

  receive(frame) {
    if (frame.type === "ack") return this.#close(frame.nonce, { ok: true });
    if (frame.type !== "refused" || !frame.nonce) return false;
    return this.#close(frame.nonce, { ok: false, text: frame.text });
  }

  lost() {
    for (const key of [...this.#open.keys()]) this.#close(key, null);
  }

  #close(key, answer) {
    const done = this.#open.get(key);
    this.#open.delete(key);
    done?.(answer);
    return done !== undefined;
  }
}
