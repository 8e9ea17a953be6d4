/* What the room takes now, and how it feels in there. Words, never numbers. */
import { dayOf, say, timeOf } from "./words.js";

const ENDING_MS = 10 * 60_000; // the last minutes take stamps only
const SOON_MS = 15 * 60_000; // and a little before that it is said
const TICK_MS = 10_000;

export class RoomState {
  #room;
  #key = "";

  /** `chip` and `line` are drawn into; `changed({room, murmur, stamps, why})`: what is possible. */
  constructor({ state, until, chip, line, changed }) {
    Object.assign(this, { chip, line, changed });
    this.#room = { state, until: until || null };
    setInterval(() => this.#draw(), TICK_MS);
  }

  update(some) {
    if ("state" in some) this.#room.state = some.state;
    if ("until" in some) this.#room.until = some.until;
    this.#draw();
  }

  #draw() {
    const { state, until } = this.#room;
    const left = until ? Date.parse(until) - Date.now() : Infinity;
    const phase = state !== "open" || left > SOON_MS ? state : left > ENDING_MS ? "soon" : "ending";
    const key = `${phase} ${until}`;
    if (key === this.#key) return;
    this.#key = key;
    const today = until && dayOf(until) === dayOf(new Date().toISOString());
    const time = until ? `${today ? "" : `${dayOf(until)} `}${timeOf(until)}` : "";
    const ends = phase === "closed" ? say("opens-at", { time }) : say("ends-at", { time });
    const line = phase === "open" ? "" : phase === "soon" ? ends : say(`line-${phase}`);
    this.chip.textContent = say(`chip-${state}`);
    this.chip.dataset.state = state;
    this.line.textContent = until && phase === "closed" ? `${line} ${ends}` : line;
    this.line.hidden = line === "";
    this.changed({
      room: phase === "open" || phase === "soon",
      murmur: state !== "closed",
      stamps: state === "open" || state === "quiet",
      why: say(`line-${phase}`),
    });
  }
}

/** Presence as it was told. `place` is `#presence`. */
export function drawPresence(place, { band, supporter, here }) {
  place.querySelector("[data-band]").textContent = say(`band-${band}`);
  const watched = say(supporter ? "supporter-yes" : "supporter-no");
  place.querySelector("[data-supporter]").textContent = watched;
  const names = place.querySelector("[data-here]");
  names.replaceChildren(
    ...here.map(({ handle, mark }) =>
      Object.assign(document.createElement("li"), { textContent: `${mark} ${handle}` })),
  );
  names.closest("[data-here-row]").hidden = here.length === 0;
}
