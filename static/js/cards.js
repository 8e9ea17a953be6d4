/* A word for this person alone, beside the room. Closing it is enough; the letter stays. */

const SAFE = /^(\/(?!\/)|https:\/\/|tel:)/;

/** Ways on from a card or a "no", as links of a page; nothing that isn't safe to follow. */
export const ways = (links) => (links ?? []).filter(({ href }) => SAFE.test(href)).map(
  ({ label, href }) => Object.assign(document.createElement("a"), { href, textContent: label }),
);

export class Cards {
  constructor({ place, blank, light }) {
    Object.assign(this, { place, blank, light });
    place.addEventListener("click", ({ target }) => {
      if (!target.closest("[data-close]")) return;
      target.closest(".card").remove();
      document.getElementById("text")?.focus();
    });
  }

  show({ kind, title, text, links }) {
    if (this.light) this.light.hidden = false;
    // Said again, it is shown again, in the place of the one before.
    for (const one of this.place.children) {
      if (one.dataset.kind === kind && one.textContent.includes(text)) one.remove();
    }
    const card = this.blank.content.firstElementChild.cloneNode(true);
    card.dataset.kind = kind;
    card.querySelector('[data-slot="title"]').textContent = title;
    card.querySelector('[data-slot="text"]').textContent = text;
    card.querySelector('[data-slot="links"]').append(
      ...ways(links).map((way) => {
        const item = document.createElement("li");
        item.append(way);
        return item;
      }),
    );
    this.place.append(card);
  }
}
