/* Not reading someone: this page leaves their words out. They never learn of it. */
import { post } from "./http.js";
import { say } from "./words.js";

export class Mutes {
  /** `muted`: the Set of `from.id` that the list reads; `note(sentence, {label, press})` tells. */
  constructor({ address, muted, apply, note }) {
    Object.assign(this, { address, muted, apply, note });
  }

  async mute(seat) {
    if (!(await post(this.address, { seat, on: "true" }))) return this.note(say("not-sent"));
    this.muted.add(seat);
    this.apply();
    this.note(say("muted"), { label: say("unmute"), press: () => this.unmute(seat) });
  }

  async unmute(seat) {
    if (!(await post(this.address, { seat, on: "false" }))) return this.note(say("not-sent"));
    this.muted.delete(seat);
    this.apply();
    this.note("");
  }
}
