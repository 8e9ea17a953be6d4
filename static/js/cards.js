/* A word for this person alone, beside the room. Closing it is enough; the letter stays. */

const SAFE = /^(\/(?!\/)|https:\/\/|tel:)/;

export class Cards {
  #seen = new Set();

  constructor({ place, blank, light }) {
    Object.assign(this, { place, blank, light });
    place.addEventListener("click", ({ target }) => {
      if (target.closest("[data-close]")) target.closest(".card").remove();
    });
  }

  show({ kind, title, text, links }) {
    if (this.light) this.light.hidden = false;
    const key = JSON.stringify([kind, title, text]);
    if (this.#seen.has(key)) return; // told again after a reconnect
    this.#seen.add(key);
    const card = this.blank.content.firstElementChild.cloneNode(true);
    card.dataset.kind = kind;
    card.querySelector('[data-slot="title"]').textContent = title;
    card.querySelector('[data-slot="text"]').textContent = text;
    card.querySelector('[data-slot="links"]').append(
      ...(links ?? []).filter(({ href }) => SAFE.test(href)).map(({ label, href }) => {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("a"), { href, textContent: label }));
        return item;
      }),
    );
    this.place.append(card);
  }
}
