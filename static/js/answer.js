/* The sheet under a message: stamps, taking back, telling the supporters, not reading someone. */
import { say } from "./words.js";

export class AnswerSheet {
  #item = null;

  /** `asks` sends, `given` remembers stamps, `note(sentence)` tells softly. */
  constructor({ dialog, list, asks, given, note, report, mutes }) {
    Object.assign(this, { dialog, asks, given, note, report, mutes });
    list.addEventListener("click", ({ target }) => {
      const button = target.closest('[data-slot="answer"]');
      if (button) this.#open(button.closest(".said"));
    });
    dialog.addEventListener("click", (event) => this.#press(event));
  }

  /** The room has other stamps now. */
  stampsAre(names) {
    const [first] = this.#chips;
    const set = this.dialog.querySelector(".stampset");
    if (!first || !set) return;
    set.replaceChildren(
      ...names.map((name) => {
        const place = first.closest("li").cloneNode(true);
        const chip = place.querySelector("[data-stamp]");
        chip.dataset.stamp = chip.textContent = name;
        chip.setAttribute("aria-pressed", "false");
        return place;
      }),
    );
  }

  stampsAllowed(may) {
    for (const chip of this.#chips) chip.disabled = !may;
  }

  get #chips() {
    return this.dialog.querySelectorAll("[data-stamp]");
  }

  get #seq() {
    return Number(this.#item.dataset.seq);
  }

  #open(item) {
    this.#item = item;
    const mine = "mine" in item.dataset;
    const who = item.querySelector('[data-slot="handle"]').textContent;
    const show = (name, shown) => {
      this.dialog.querySelector(`[data-do="${name}"]`).hidden = !shown;
    };
    this.dialog.querySelector("[data-whose]").textContent = say("whose", { who });
    for (const chip of this.#chips) {
      chip.setAttribute("aria-pressed", String(this.given.has(this.#seq, chip.dataset.stamp)));
    }
    show("withdraw", mine);
    show("report", !mine);
    show("mute", !mine && item.dataset.from !== "" && item.dataset.role === "participant");
    this.dialog.showModal();
  }

  #press({ target }) {
    if (target === this.dialog) return this.dialog.close(); // the backdrop
    const chip = target.closest("[data-stamp]");
    if (chip) this.#stamp(chip);
    const act = target.closest("[data-do]")?.dataset.do;
    if (act === "withdraw") this.#withdraw();
    if (act === "report") this.report.open(this.#seq);
    if (act === "mute") this.mutes.mute(this.#item.dataset.from);
    if (chip || act) this.dialog.close();
  }

  async #stamp(chip) {
    const seq = this.#seq;
    const { stamp } = chip.dataset;
    const on = chip.getAttribute("aria-pressed") !== "true";
    const answer = await this.asks.ask({ type: "stamp", of: seq, stamp, on });
    if (answer?.ok) this.given.set(seq, stamp, on);
    else this.note(answer?.text ?? say("not-sent"));
  }

  async #withdraw() {
    const answer = await this.asks.ask({ type: "withdraw", of: this.#seq });
    if (!answer?.ok) this.note(answer?.text ?? say("not-sent"));
  }
}
