/* Every page: 「かくす」, leaving without a trace, the size of the letters; and the room, if there
   is one. */
import { wireHiding } from "./hide.js";
import { choice } from "./keep.js";

wireHiding();

for (const form of document.querySelectorAll("form[data-leave]")) {
  form.addEventListener("submit", () => { try { sessionStorage.clear(); } catch { /* none */ } });
}

const sizes = document.querySelectorAll("input[name=size]");
for (const size of sizes) {
  size.checked = size.value === (document.documentElement.dataset.size ?? "normal");
  size.addEventListener("change", () => {
    const value = size.value === "normal" ? null : size.value;
    choice("size", value);
    if (value) document.documentElement.dataset.size = value;
    else delete document.documentElement.dataset.size;
  });
}

// Times that the server wrote in UTC, for the reader's eyes.
const there = document.querySelectorAll("time[data-utc]");
if (there.length) {
  const { dayOf, timeOf } = await import("./words.js");
  for (const time of there) time.textContent = `${dayOf(time.dateTime)} ${timeOf(time.dateTime)}`;
}

const room = document.getElementById("room");
// A page of older words is only read.
if (room && !("older" in room.dataset)) {
  const { openRoom } = await import("./room.js");
  openRoom(room);
}
document.documentElement.dataset.ready = "";
