/* The only place that says WebSocket: connects, comes back as the protocol asks, or doesn't. */

const NEVER = new Set([4403, 4404, 4410, 4413]);
const NOT_ENTERED = 4401;
const TOO_MANY = 4429;
const STABLE_MS = 60_000;
const QUIET_MS = 25_000; // `head` comes every 15 s; after this much silence we ask
const DEAD_MS = 45_000; // and after this much the line is taken for dead

/** Milliseconds before the nth attempt to come back: 0–5 s first, then doubling to 60 s. */
export function delay(attempt, random = Math.random) {
  if (attempt === 0) return random() * 5000;
  const most = Math.min(60_000, 5000 * 2 ** attempt);
  return most / 2 + (random() * most) / 2;
}

export class Socket {
  #ws = null;
  #attempt = 0;
  #retry = null;
  #dueAt = 0;
  #stable = null;
  #heardAt = 0;
  #bye = null;
  #over = false;

  /**
   * `position()` is {epoch, since} or null; `onFrame(frame)` gets every frame in order;
   * `onState(state, bye)` gets `connecting`, `open`, `waiting`, `seatless` or `ended`.
   */
  constructor({ address, position, onFrame, onState }) {
    Object.assign(this, { address, position, onFrame, onState });
    setInterval(() => this.#listen(), 5000);
    addEventListener("online", () => this.#sooner());
    addEventListener("offline", () => {
      const line = this.#ws;
      if (!line) return;
      line.onclose = null;
      line.close();
      this.#closed(1006);
    });
    addEventListener("pageshow", (event) => { if (event.persisted) this.#sooner(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#listen(); });
  }

  get open() {
    return this.#ws?.readyState === WebSocket.OPEN;
  }

  start() {
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#bye = null;
    const address = new URL(this.address, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    for (const [key, value] of Object.entries(this.position() ?? {})) {
      address.searchParams.set(key, value);
    }
    this.onState("connecting");
    const ws = (this.#ws = new WebSocket(address));
    this.#heardAt = Date.now();
    ws.onopen = () => {
      this.#stable = setTimeout(() => { this.#attempt = 0; }, STABLE_MS);
      this.onState("open");
    };
    ws.onmessage = (message) => this.#hear(message.data);
    ws.onclose = (closed) => { if (ws === this.#ws) this.#closed(closed.code); };
  }

  /** Whether it went out. */
  send(frame) {
    if (!this.open) return false;
    this.#ws.send(JSON.stringify(frame));
    return true;
  }

  /** Start again at once without a position. */
  again() {
    const old = this.#ws;
    this.#ws = null;
    clearTimeout(this.#stable);
    old?.close();
    this.start();
  }

  #hear(data) {
    this.#heardAt = Date.now();
    const said = JSON.parse(data);
    for (const frame of Array.isArray(said) ? said : [said]) {
      if (frame.type === "bye") this.#bye = frame;
      else this.onFrame(frame);
    }
  }

  #closed(code) {
    clearTimeout(this.#stable);
    this.#ws = null;
    const bye = this.#bye;
    if (NEVER.has(code)) return this.#stop("ended", bye);
    if (code === NOT_ENTERED) return this.#stop("seatless", bye);
    let wait = delay(this.#attempt++);
    if (code === TOO_MANY) wait = Math.max(wait, 5000) + (bye?.retry_after ?? 30) * 1000;
    else if (bye?.retry_after) wait = Math.max(wait, bye.retry_after * 1000);
    this.onState("waiting", bye);
    this.#come(wait, code === TOO_MANY);
  }

  #stop(state, bye) {
    this.#over = true;
    this.onState(state, bye);
  }

  #come(wait, firm = false) {
    clearTimeout(this.#retry);
    this.firm = firm;
    this.#dueAt = Date.now() + wait;
    this.#retry = setTimeout(() => this.start(), wait);
  }

  /** The network is back: no need to sit out a long delay that only the lost network caused. */
  #sooner() {
    if (this.#over || this.firm || this.#retry === null) return;
    this.#come(Math.min(delay(0), Math.max(0, this.#dueAt - Date.now())));
  }

  #listen() {
    if (!this.open) return;
    const silent = Date.now() - this.#heardAt;
    if (silent > DEAD_MS) {
      const ws = this.#ws;
      ws.onclose = null;
      ws.close();
      this.#closed(1006);
    } else if (silent > QUIET_MS) this.send({ type: "ping", at: Date.now() });
  }
}
