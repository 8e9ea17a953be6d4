/* What the room takes now, and how it feels in there. Words, never numbers. */
import { dayOf, say, timeOf } from "./words.js";

const ENDING_MS = 10 * 60_000; // the last minutes take stamps only
const SOON_MS = 15 * 60_000; // and a little before that it is said
const TICK_MS = 10_000;

export class RoomState {
  #room;
  #key = "";

  /** `chip` and `line` are drawn into; `changed({room, murmur, stamps, why})`: what is possible. */
  constructor({ state, until, next, chip, line, changed }) {
    Object.assign(this, { next, chip, line, changed });
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
    const time = told(until);
    const ends = phase === "closed" ? say("opens-at", { time }) : say("ends-at", { time });
    // What was the next opening when the page came is the next one only until then.
    const later = this.next && until && Date.parse(this.next) > Date.parse(until);
    const again = later ? ` ${say("opens-at", { time: told(this.next) })}` : "";
    const line = phase === "open" ? "" : phase === "soon" ? ends + again
      : phase === "ending" ? say("line-ending") + again : say(`line-${phase}`);
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

/** A time of today, or a day and a time. */
function told(at) {
  if (!at) return "";
  const today = dayOf(at) === dayOf(new Date().toISOString());
  return `${today ? "" : `${dayOf(at)} `}${timeOf(at)}`;
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
