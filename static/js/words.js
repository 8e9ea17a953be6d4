/* Sentences live in `_words.html`, where they are translated; the script only names them. */

const words = new Map();
for (const one of document.getElementById("words")?.content.children ?? []) {
  words.set(one.dataset.word, one.textContent.trim());
}

/** The sentence called `name`, with `{slots}` filled. */
export function say(name, slots = {}) {
  let sentence = words.get(name) ?? "";
  for (const [slot, value] of Object.entries(slots)) {
    sentence = sentence.replaceAll(`{${slot}}`, () => value);
  }
  return sentence;
}

const lang = document.documentElement.lang || "ja";
const inJapan = (parts, locale = lang) =>
  new Intl.DateTimeFormat(locale, { timeZone: "Asia/Tokyo", ...parts });
const clock = inJapan({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = inJapan({ month: "long", day: "numeric", weekday: "short" });
const number = inJapan({ dateStyle: "short" }, "sv-SE");

export const timeOf = (at) => clock.format(new Date(at));
export const dayOf = (at) => calendar.format(new Date(at));
export const dayKey = (at) => number.format(new Date(at));
