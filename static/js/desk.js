/* The desk: 「いますか」 appears when it is due, without a sound and without asking the server. */
for (const room of document.querySelectorAll("[data-ask-in]")) {
  const ask = room.querySelector(".ask");
  setTimeout(() => { ask.hidden = false; }, Number(room.dataset.askIn) * 1000);
}
document.documentElement.dataset.ready = "";
