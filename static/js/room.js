/* A room: joins the wire, the log, the list and the composer. */
import { AnswerSheet } from "./answer.js";
import { Announcer } from "./announcer.js";
import { Asks } from "./asks.js";
import { Cards } from "./cards.js";
import { Composer } from "./composer.js";
import { Drafts } from "./drafts.js";
import { read, write } from "./keep.js";
import { Log } from "./log.js";
import { Messages } from "./messages.js";
import { Mutes } from "./mute.js";
import { wireOlder } from "./older.js";
import { Outbox } from "./outbox.js";
import { ReportDialog } from "./report.js";
import { Scroll } from "./scroll.js";
import { Socket } from "./socket.js";
import { Given } from "./stamps.js";
import { RoomState, drawPresence } from "./state.js";
import { say } from "./words.js";

const OFFLINE_MS = 2000; // a short stumble isn't worth a word

const the = (id) => document.getElementById(id);

export function openRoom(main) {
  const { slug, epoch, you } = main.dataset;
  const muted = new Set(main.dataset.muted.split(" ").filter(Boolean));
  const noteLine = the("note");
  const banner = the("banner");
  let wanted = null; // the mode chosen on this page, told again after a reconnect
  let offline = null;

  const note = (sentence, action) => {
    noteLine.replaceChildren(sentence);
    noteLine.hidden = !sentence;
    if (!action) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: action.label });
    button.addEventListener("click", action.press);
    noteLine.append(" ", button);
  };
  const tell = (sentence, link) => {
    banner.replaceChildren(sentence);
    banner.hidden = !sentence;
    if (link) banner.append(" ", Object.assign(document.createElement("a"), link));
  };

  const messages = new Messages({ list: the("said"), blank: the("blank-event"), you, muted });
  const scroll = new Scroll({ log: the("log"), jump: the("jump") });
  const announcer = new Announcer({ region: the("announcer"), box: the("silent") });
  const cards = new Cards({ place: the("cards"), blank: the("blank-card"), light: the("light") });

  const murmured = ({ text }, at) => {
    const item = the("blank-murmur").content.firstElementChild.cloneNode(true);
    item.dataset.at = at;
    item.querySelector('[data-slot="text"]').textContent = text;
    messages.place(item);
    scroll.grew();
  };
  for (const item of [...the("murmurs").children]) messages.place(item);

  const log = new Log({
    epoch,
    last: Number(main.dataset.head),
    apply: (event) => {
      if (event.type === "room") return roomIs(event);
      const item = messages.apply(event);
      the("empty").hidden = messages.list.childElementCount > 0;
      if (!item) return;
      const mine = event.from.id === main.dataset.you;
      if (mine) outbox.arrived(event);
      else if (!item.hidden) announcer.message(event);
      scroll.grew({ fresh: !mine && !item.hidden });
      seen();
    },
    replace: (events) => {
      messages.replace(events);
      the("empty").hidden = messages.list.childElementCount > 0;
      older();
      scroll.grew();
      seen();
    },
    resume: (since) => socket.send({ type: "resume", since }),
    startOver: () => socket.again(),
  });

  const socket = new Socket({
    address: `/ws/rooms/${slug}/`,
    position: () => log.position,
    onFrame: (frame) => frameIn(frame),
    onState: (now, bye) => connection(now, bye),
  });
  const send = (frame) => socket.send(frame);
  const asks = new Asks(send);
  const outbox = new Outbox({
    slug,
    you,
    list: the("outbox"),
    blank: the("blank-sending"),
    send,
    reached: (seq) => seq <= log.last,
    // One's 合言葉 isn't left lying in the tab's memory.
    giveBack: (item, sentence, code, links) =>
      composer.takeBack(item, sentence, code !== "passphrase", links),
    murmured,
    added: () => scroll.toEnd(),
    grew: () => scroll.grew(),
  });
  const composer = new Composer({
    form: the("composer"),
    slug,
    most: Number(main.dataset.maxText),
    send: (item) => outbox.add(item),
  });
  const drafts = new Drafts({
    slug, composer, offer: the("draft-offer"), kept: the("draft-kept"),
  });
  const mutes = new Mutes({
    address: main.dataset.mute, muted, apply: () => messages.applyMutes(), note,
  });
  const report = new ReportDialog({ dialog: the("report"), asks, note });
  const sheet = new AnswerSheet({
    dialog: the("answer"), list: messages.list, asks, given: new Given(slug), note, report, mutes,
  });
  const state = new RoomState({
    state: main.dataset.state,
    until: main.dataset.until,
    next: main.dataset.next,
    chip: the("state-chip"),
    line: the("state-line"),
    changed: (may) => {
      composer.allow(may);
      drafts.allow(may);
      sheet.stampsAllowed(may.stamps);
      the("elsewhere").hidden = may.room;
    },
  });
  state.update({});

  /** All of the room, or what changed of it. */
  function roomIs(some) {
    state.update(some);
    if ("name" in some) the("main").textContent = some.name;
    if ("stamps" in some) sheet.stampsAre(some.stamps);
  }

  function welcome(frame) {
    roomIs(frame.room);
    drawPresence(the("presence"), frame.presence);
    composer.most = frame.limits.text;
    if (wanted && wanted !== frame.you.mode) send({ type: "stay", mode: wanted });
    else stayBox.checked = frame.you.mode === "here";
    outbox.welcome();
  }

  function frameIn(frame) {
    // Whose words are one's own must be known before the first of them is drawn.
    if (frame.type === "welcome") main.dataset.you = messages.you = outbox.you = frame.you.id;
    if (log.receive(frame)) {
      if (frame.type === "welcome") welcome(frame);
      return;
    }
    if (outbox.receive(frame) || asks.receive(frame)) return;
    if (frame.type === "presence") drawPresence(the("presence"), frame);
    else if (frame.type === "card") cards.show(frame);
    else if (frame.type === "refused") note(frame.text);
  }

  function connection(now, bye) {
    main.dataset.connection = now;
    if (now === "open") {
      clearTimeout(offline);
      offline = null;
      return tell("");
    }
    if (now === "connecting") return;
    log.lost();
    asks.lost();
    outbox.lost();
    if (now === "waiting") {
      offline ??= setTimeout(() => tell(say("offline")), bye?.code === 4429 ? 0 : OFFLINE_MS);
      return;
    }
    clearTimeout(offline);
    composer.end();
    const { enter, rooms } = main.dataset;
    if (now === "seatless") {
      tell(bye?.text ?? say("seatless"), { href: enter, textContent: say("enter-again") });
    } else tell(bye?.text ?? say("ended"), { href: rooms, textContent: say("to-rooms") });
    outbox.ended(bye?.text ?? "");
  }

  const stayBox = the("here");
  stayBox.addEventListener("change", async () => {
    wanted = stayBox.checked ? "here" : "watching";
    const answer = await asks.ask({ type: "stay", mode: wanted });
    if (answer && !answer.ok) note(answer.text);
  });

  function older() {
    const link = the("older");
    if (link && messages.oldest !== Infinity) link.search = `?before=${messages.oldest}`;
  }
  wireOlder({ link: the("older"), list: messages, log: the("log") });

  // How far this tab has read, for the unread line of the next time.
  function seen() {
    if (!document.hidden) write(`seen:${slug}`, { epoch: log.epoch, seq: log.last });
  }
  const before = read(`seen:${slug}`, null);
  const behind = before?.epoch === epoch && before.seq < log.last;
  const line = behind ? messages.markUnread(before.seq) : null;
  if (line) scroll.to(line);
  else scroll.toEnd();
  seen();
  document.addEventListener("visibilitychange", seen);

  socket.start();
}
