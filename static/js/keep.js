/* What this tab remembers. Never localStorage for words: the computer may be the family's. */

export function read(key, otherwise) {
  try {
    const kept = sessionStorage.getItem(key);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

export function write(key, value) {
  try {
    // After 「かくす」 nothing is remembered, whatever still arrives before the page is gone.
    if (sessionStorage.getItem("quiet")) return;
    if (value === null || value === "" || value?.length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch { /* full or refused: the page still holds it */ }
}

/** Choices about the page itself, which say nothing about the person. */
export function choice(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* then it is forgotten with the page */ }
  return value ?? null;
}
