/* Reads new messages to those who listen; the list itself stays silent. */
import { choice } from "./keep.js";
import { say } from "./words.js";

const GATHER_MS = 1500;
const ALOUD = 2; // more than this in one breath are only said to be there

export class Announcer {
  #waiting = [];
  #timer = null;

  constructor({ region, box }) {
    this.region = region;
    this.silent = choice("silent") === "yes";
    if (!box) return;
    box.checked = this.silent;
    box.addEventListener("change", () => {
      this.silent = box.checked;
      choice("silent", box.checked ? "yes" : null);
    });
  }

  message({ from, text, veil }) {
    if (this.silent) return;
    const who = from.handle || say("someone");
    this.#waiting.push(veil ? say("heard-veiled", { who, veil }) : say("heard", { who, text }));
    this.#timer ??= setTimeout(() => this.#speak(), GATHER_MS);
  }

  #speak() {
    const said = this.#waiting.splice(0);
    this.#timer = null;
    const lines = said.length > ALOUD ? [say("heard-many", { n: String(said.length) })] : said;
    this.region.replaceChildren(
      ...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })),
    );
  }
}
