/* The view follows new words only when it is at the end; otherwise a pill says that there are
   some. */

const NEAR_PX = 80;

export class Scroll {
  constructor({ log, jump }) {
    Object.assign(this, { log, jump });
    this.pinned = true;
    log.addEventListener("scroll", () => {
      this.pinned = this.#atEnd;
      if (this.pinned) jump.hidden = true;
    }, { passive: true });
    jump.addEventListener("click", (event) => {
      event.preventDefault();
      this.toEnd();
      log.focus({ preventScroll: true });
    });
    // A keyboard or a growing composer takes height away: the end stays in sight.
    new ResizeObserver(() => { if (this.pinned) this.toEnd(); }).observe(log);
  }

  get #atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX;
  }

  toEnd() {
    this.pinned = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.jump.hidden = true;
  }

  to(item) {
    item.scrollIntoView({ block: "start" });
    this.pinned = this.#atEnd;
    this.jump.hidden = this.pinned;
  }

  /** After something was added at the end. */
  grew({ fresh = false } = {}) {
    if (this.pinned) this.toEnd();
    else if (fresh) this.jump.hidden = false;
  }
}
