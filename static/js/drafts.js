/* What one was about to say when the room fell quiet: made a murmur, or put by until it opens. */
import { read, write } from "./keep.js";

export class Drafts {
  #key;
  #may = { room: true, murmur: true };

  /** `offer` has a `[data-draft="murmur"]` and a `[data-draft="keep"]`; `kept` says it is put by. */
  constructor({ slug, composer, offer, kept }) {
    Object.assign(this, { composer, offer, kept });
    this.#key = `kept:${slug}`;
    offer.addEventListener("click", ({ target }) => {
      const chosen = target.closest("[data-draft]")?.dataset.draft;
      if (chosen === "murmur") composer.become("murmur");
      if (chosen === "keep") this.#keep();
      if (chosen) this.#draw();
    });
    for (const name of ["input", "change", "submit"]) {
      composer.form.addEventListener(name, () => queueMicrotask(() => this.#draw()));
    }
  }

  /** What the room takes now. */
  allow({ room, murmur }) {
    this.#may = { room, murmur };
    this.#draw();
  }

  #keep() {
    const { text, veil } = this.composer.draft;
    const before = read(this.#key, null);
    // Put by twice, both are there.
    const all = before ? { text: `${before.text}\n${text}`, veil: before.veil || veil } : { text, veil };
    write(this.#key, all);
    this.composer.put({ text: "", veil: "" });
    this.composer.text.focus();
  }

  #draw() {
    const { text, mode } = this.composer.draft;
    let put = read(this.#key, null);
    if (put && this.#may.room && text.trim() === "") {
      this.composer.become("room");
      this.composer.put(put);
      write(this.#key, null);
      put = null;
    }
    const stuck = !this.#may.room && mode === "room" && text.trim() !== "";
    this.offer.hidden = !stuck;
    const murmur = this.offer.querySelector('[data-draft="murmur"]');
    murmur.hidden = !this.#may.murmur || !this.composer.has("murmur");
    this.kept.hidden = put === null;
  }
}
