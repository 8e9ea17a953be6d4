/* Stamps under a message: the word in a soft chip, never a digit. */
import { read, write } from "./keep.js";

const FEW = 2; // from here a chip is a little stronger
const SOME = 5; // and from here a little more

/** How strong a chip is drawn: `one`, `few` or `some`. `_event.html` draws the same. */
export const strength = (number) => (number >= SOME ? "some" : number >= FEW ? "few" : "one");

export function drawStamps(list, stamps) {
  const chips = Object.entries(stamps ?? {})
    .filter(([, number]) => number > 0)
    .map(([name, number]) => {
      const chip = document.createElement("li");
      chip.className = `stamp ${strength(number)}`;
      chip.textContent = name;
      return chip;
    });
  list.replaceChildren(...chips);
  list.hidden = chips.length === 0;
}

/** Which stamps this tab gave: the room's text is the same for all, so only we can know. */
export class Given {
  #key;
  #by;

  constructor(slug) {
    this.#key = `given:${slug}`;
    this.#by = read(this.#key, {});
  }

  has(seq, stamp) {
    return (this.#by[seq] ?? []).includes(stamp);
  }

  set(seq, stamp, on) {
    const others = (this.#by[seq] ?? []).filter((one) => one !== stamp);
    this.#by[seq] = on ? [...others, stamp] : others;
    write(this.#key, this.#by);
  }
}
