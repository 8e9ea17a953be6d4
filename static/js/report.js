/* Telling the supporters of a message. Nobody else learns of it. */
import { nonce } from "./nonce.js";
import { say } from "./words.js";

export class ReportDialog {
  constructor({ dialog, asks, note }) {
    Object.assign(this, { dialog, asks, note });
    this.form = dialog.querySelector("form");
    this.line = dialog.querySelector("[data-note]");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  open(seq) {
    this.of = seq;
    this.nonce = nonce();
    this.form.reset();
    this.line.textContent = "";
    this.dialog.showModal();
  }

  async #send() {
    const reason = this.form.elements.reason.value;
    const words = this.form.elements.note.value.trim();
    if (!reason) return;
    const frame = { type: "report", of: this.of, reason, note: words };
    const answer = await this.asks.ask(frame, { nonce: this.nonce });
    if (answer?.ok) {
      this.dialog.close();
      this.note(say("reported"));
    } else this.line.textContent = answer?.text ?? say("not-sent");
  }
}
