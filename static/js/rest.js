/* 「すこし休んでください」 appears when it is due, on whichever page someone is. */
const LOOK_EVERY = 2_000; // ms; a timer of hours stands still while a computer sleeps
const due = new WeakMap();

/* What the desk laid anew is found here too. */
function look() {
  for (const one of document.querySelectorAll("[data-rest-in][hidden]")) {
    if (!due.has(one)) due.set(one, Date.now() + Number(one.dataset.restIn) * 1000);
    if (Date.now() >= due.get(one)) one.hidden = false;
  }
}

look();
setInterval(look, LOOK_EVERY);
