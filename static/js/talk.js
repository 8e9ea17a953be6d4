/* A talk of two: what the other one writes appears by itself. Sending is the page's plain form. */
import { Socket } from "./socket.js";

const list = document.getElementById("talk-list");
const blank = document.getElementById("blank-saying");
const line = document.getElementById("talk-line");

if (list && blank) {
  const { slug, epoch, you } = list.dataset;
  let head = Number(list.dataset.head);

  const show = (frame) => {
    const item = blank.content.firstElementChild.cloneNode(true);
    const slot = (name) => item.querySelector(`[data-slot="${name}"]`);
    const mine = frame.from.id === you;
    item.dataset.seq = frame.seq;
    if (mine) item.dataset.mine = "";
    slot("who").textContent = mine ? list.dataset.me : frame.from.handle;
    slot("text").textContent = frame.text;
    const pick = slot("of");
    if (pick && frame.from.role === "counselor") pick.value = frame.seq;
    else pick?.closest("label").remove();
    slot("at").dateTime = frame.at;
    slot("at").textContent = new Date(frame.at).toLocaleString(document.documentElement.lang, {
      month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo",
    });
    list.querySelector("[data-empty]")?.remove();
    list.append(item);
  };

  const take = (event) => {
    if (typeof event.seq !== "number" || event.seq <= head) return;
    head = event.seq;
    if (event.type === "message" && event.state === "shown") show(event);
    else if (event.type === "changed" && event.state !== "shown") {
      const said = list.querySelector(`[data-seq="${event.of}"] [data-slot="text"]`);
      if (said) said.textContent = list.dataset.gone;
    }
  };

  const socket = new Socket({
    address: `/ws/rooms/${slug}/`,
    position: () => ({ epoch, since: head }),
    onFrame(frame) {
      if (frame.type === "welcome") {
        if (!frame.recovered) return location.reload();
        frame.events.forEach(take);
        if (frame.more) socket.send({ type: "resume", since: head });
      } else if (frame.type === "events") {
        frame.events.forEach(take);
        if (frame.more) socket.send({ type: "resume", since: head });
      } else if (frame.type === "head") {
        if (frame.seq > head) socket.send({ type: "resume", since: head });
      } else take(frame);
    },
    onState(state) {
      line.hidden = state !== "ended" && state !== "seatless";
    },
  });
  socket.start();
}
