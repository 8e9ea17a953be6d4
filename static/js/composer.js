/* Where one writes. It never sends while a Japanese conversion is going on, and loses nothing. */
import { ways } from "./cards.js";
import { choice, read, write } from "./keep.js";
import { say } from "./words.js";

const NEAR = 100; // the counter appears this close to the limit
const LINES = 5;

export class Composer {
  #key;
  #may = { room: false, murmur: false };
  #chosen = false;
  #over = false;

  /** `send({type, text, veil, aloud})` takes the words. */
  constructor({ form, slug, most, send }) {
    Object.assign(this, { form, most, send });
    this.#key = `draft:${slug}`;
    const field = (name) => form.elements.namedItem(name);
    this.text = field("text");
    this.veil = field("veil");
    this.aloud = field("aloud");
    this.note = form.querySelector("[data-note]");
    this.count = form.querySelector("[data-count]");
    this.button = form.querySelector("[data-send]");
    this.modes = [...form.querySelectorAll("input[name=mode]")];

    const draft = read(this.#key, null);
    if (draft && this.text.value === "") {
      this.text.value = draft.text;
      this.veil.value = draft.veil;
      this.#mode = draft.mode;
      this.#chosen = draft.text !== "" || draft.mode === "murmur";
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    form.addEventListener("input", () => this.#typed());
    for (const mode of this.modes) {
      mode.addEventListener("change", () => { this.#chosen = true; this.#save(); this.#show(); });
    }
    this.veil.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      event.preventDefault(); // only the button sends
      this.text.focus();
    });
    this.text.addEventListener("keydown", (event) => this.#key_(event));
    const enter = document.getElementById("enter-sends");
    if (enter) {
      enter.checked = choice("enter") === "sends";
      enter.addEventListener("change", () => choice("enter", enter.checked ? "sends" : null));
    }
    this.#show();
  }

  get #mode() {
    return this.modes.find((one) => one.checked)?.value ?? "room";
  }

  set #mode(value) {
    for (const one of this.modes) one.checked = one.value === value;
  }

  /** What is being written, and for whom. */
  get draft() {
    return { text: this.text.value, veil: this.veil.value, mode: this.#mode };
  }

  has(mode) {
    return this.modes.some((one) => one.value === mode);
  }

  /** The words stay; they are for somebody else now. */
  become(mode) {
    this.#mode = mode;
    this.#chosen = true;
    this.#typed();
  }

  put({ text, veil }) {
    this.text.value = text;
    this.veil.value = veil;
    this.veil.closest("details").open = veil !== "";
    this.#typed();
  }

  /** What the room takes now. Words that are being written never change whom they are for. */
  allow({ room, murmur, why }) {
    this.#may = { room, murmur };
    this.why = why;
    if (this.text.value === "" && (!this.#chosen || !this.#may[this.#mode])) {
      this.#mode = room || !murmur ? "room" : "murmur";
      this.#chosen = false;
    }
    this.#show();
  }

  /** No more from here: the room is gone for this page. */
  end() {
    this.#over = true;
    this.allow({ room: false, murmur: false, why: "" });
  }

  /** Refused words come back, unless others are being written. Returns whether they did. */
  takeBack({ type, text, veil }, sentence, keep = true, links = []) {
    if (this.text.value.trim() !== "") return false;
    this.text.value = text;
    this.veil.value = veil ?? "";
    if (veil) this.veil.closest("details").open = true;
    this.#mode = type === "murmur" ? "murmur" : "room";
    this.#chosen = true;
    if (keep) this.#save();
    this.#show();
    this.say(sentence, links);
    return true;
  }

  say(sentence, links = []) {
    this.note.textContent = sentence;
    for (const way of ways(links)) this.note.append(" ", way);
    this.note.hidden = sentence === "";
    if (sentence) this.form.scrollIntoView({ block: "end" });
  }

  #typed() {
    this.say("");
    this.#save();
    this.#show();
  }

  #save() {
    const draft = { text: this.text.value, veil: this.veil.value, mode: this.#mode };
    write(this.#key, draft.text || draft.veil || draft.mode === "murmur" ? draft : null);
  }

  #show() {
    const murmur = this.#mode === "murmur";
    this.form.dataset.mode = this.#mode;
    this.text.placeholder = say(murmur ? "write-murmur" : "write-room");
    this.button.textContent = say(murmur ? "send-murmur" : "send-room");
    for (const one of this.modes) one.disabled = !this.#may[one.value] && !one.checked;
    const may = this.#may[this.#mode];
    this.button.disabled = !may || this.#over;
    if (!may && this.text.value.trim() !== "" && !this.#over && this.why) this.say(this.why);
    const left = this.most - [...this.text.value.trim()].length;
    this.count.hidden = left > NEAR;
    const near = say(left < 0 ? "too-long" : "left", { n: String(Math.abs(left)) });
    this.count.textContent = left > NEAR ? "" : near;
    this.#grow();
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    const line = parseFloat(getComputedStyle(this.text).lineHeight);
    this.text.style.height = "auto";
    const most = line * LINES + 24;
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, most)}px`;
  }

  #key_(event) {
    // WebKit ends the composition before this keydown, and says so only by 229.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const touch = matchMedia("(pointer: coarse)").matches;
    const plain = choice("enter") === "sends" && !event.shiftKey && !event.altKey && !touch;
    if (!(event.ctrlKey || event.metaKey || plain)) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.text.value.trim();
    const mode = this.#mode;
    this.text.focus();
    if (text === "") return;
    if ([...text].length > this.most) return this.say(say("too-long-note"));
    if (this.#over || !this.#may[mode]) return this.say(this.why || say("cannot"));
    const murmur = mode === "murmur";
    const item = {
      type: murmur ? "murmur" : "post",
      text,
      veil: murmur ? "" : this.veil.value.trim(),
      aloud: murmur && this.aloud.checked,
    };
    this.text.value = "";
    this.veil.value = "";
    this.aloud.checked = false;
    this.veil.closest("details").open = false;
    this.say("");
    this.#save();
    this.#show();
    this.send(item);
  }
}
