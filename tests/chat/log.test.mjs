// The rule under "The room's log" of the protocol, held without a browser:
// node --test tests/chat/log.test.mjs
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { ANSWER_MS, HOLD_MS, Log } from "../../static/js/log.js";

const message = (seq) => ({ type: "message", seq });
const welcome = (some) => ({
  type: "welcome", epoch: "e1", head: 10, recovered: true, events: [], more: false, ...some,
});
const events = (seqs, { more = false, head = Math.max(0, ...seqs) } = {}) =>
  ({ type: "events", events: seqs.map(message), more, head });

let log, shown, replaced, asked, restarts, timers, now;

function pass(ms) {
  now += ms;
  for (;;) {
    const due = [...timers].filter(([, timer]) => timer.at <= now)
      .sort((a, b) => a[1].at - b[1].at)[0];
    if (!due) return;
    timers.delete(due[0]);
    due[1].call();
  }
}

beforeEach(() => {
  shown = []; replaced = []; asked = []; restarts = 0; timers = new Map(); now = 0;
  let number = 0;
  log = new Log({
    epoch: "e1", last: 10,
    apply: (event) => shown.push(event.seq),
    replace: (list) => replaced.push(list.map((event) => event.seq)),
    resume: (since) => asked.push(since),
    startOver: () => { restarts += 1; },
    set: (call, ms) => { timers.set(++number, { call, at: now + ms }); return number; },
    clear: (timer) => timers.delete(timer),
  });
});

describe("a welcome", () => {
  it("starts the list anew when nothing was recovered, holes and all", () => {
    log.receive(welcome({ recovered: false, epoch: "e2", head: 40, events: [31, 38].map(message) }));
    assert.deepEqual([replaced, log.last], [[[31, 38]], 40]);
    assert.deepEqual(log.position, { epoch: "e2", since: 40 });
  });

  it("continues after the page's own history", () => {
    log.receive(welcome({ head: 12, events: [message(11), message(12)] }));
    assert.deepEqual([shown, replaced, log.last], [[11, 12], [], 12]);
  });

  it("without news leaves the position where it was", () => {
    log.receive(welcome());
    assert.deepEqual([log.last, asked, timers.size], [10, [], 0]);
  });

  it("asks on while there is more", () => {
    log.receive(welcome({ head: 13, events: [message(11)], more: true }));
    assert.deepEqual(asked, [11]);
    log.receive(events([12], { more: true, head: 13 }));
    assert.deepEqual(asked, [11, 12]);
    log.receive(events([13]));
    pass(60_000);
    assert.deepEqual([shown, asked], [[11, 12, 13], [11, 12]]);
  });

  it("forgets what an earlier connection held", () => {
    log.receive(welcome());
    log.receive(message(13));
    log.lost();
    log.receive(welcome({ head: 11, events: [message(11)] }));
    pass(60_000);
    assert.deepEqual([shown, asked], [[11], []]);
  });
});

describe("an event", () => {
  beforeEach(() => log.receive(welcome()));

  it("in its turn is shown", () => {
    for (const type of ["message", "changed", "stamped", "room", "gone"]) {
      log.receive({ type, seq: log.last + 1 });
    }
    assert.deepEqual([shown, log.last], [[11, 12, 13, 14, 15], 15]);
  });

  it("already shown is dropped", () => {
    for (const seq of [11, 11, 10, 3, 11]) log.receive(message(seq));
    assert.deepEqual(shown, [11]);
  });

  it("that comes too early waits for the ones before it", () => {
    for (const seq of [13, 12, 15]) log.receive(message(seq));
    assert.deepEqual(shown, []);
    log.receive(message(11));
    assert.deepEqual(shown, [11, 12, 13]);
    log.receive(message(14));
    assert.deepEqual(shown, [11, 12, 13, 14, 15]);
    pass(60_000);
    assert.deepEqual(asked, []);
  });

  it("never waits longer than the protocol allows", () => {
    log.receive(message(12));
    pass(HOLD_MS - 1);
    assert.deepEqual(asked, []);
    pass(1);
    assert.deepEqual(asked, [10]);
    log.receive(events([11, 12]));
    assert.deepEqual(shown, [11, 12]);
  });

  it("that arrives while an answer is awaited is kept", () => {
    log.receive(message(12));
    pass(HOLD_MS);
    log.receive(message(13));
    log.receive(events([11, 12]));
    assert.deepEqual(shown, [11, 12, 13]);
  });

  it("that fills the hole after asking is shown once all the same", () => {
    log.receive(message(12));
    pass(HOLD_MS);
    log.receive(message(11));
    log.receive(events([11, 12]));
    pass(60_000);
    assert.deepEqual([shown, asked], [[11, 12], [10]]);
  });
});

describe("head", () => {
  beforeEach(() => log.receive(welcome()));

  it("uncovers a loss", () => {
    log.receive({ type: "head", seq: 12 });
    pass(HOLD_MS);
    assert.deepEqual(asked, [10]);
  });

  it("says nothing new when all is here, or comes right after it", () => {
    log.receive({ type: "head", seq: 10 });
    log.receive({ type: "head", seq: 11 });
    log.receive(message(11));
    pass(60_000);
    assert.deepEqual(asked, []);
  });
});

describe("an answer", () => {
  beforeEach(() => log.receive(welcome()));

  it("that never comes is asked for again, for as long as it takes", () => {
    log.receive({ type: "head", seq: 12 });
    pass(HOLD_MS);
    for (let i = 0; i < 5; i += 1) pass(ANSWER_MS);
    assert.deepEqual([asked.length, restarts], [6, 0]);
    log.receive(events([11, 12]));
    pass(60_000);
    assert.deepEqual([shown, asked.length], [[11, 12], 6]);
  });

  it("without progress, again and again, gives the position up", () => {
    log.receive({ type: "head", seq: 12 });
    for (let i = 0; i < 3; i += 1) {
      pass(HOLD_MS);
      log.receive(events([], { head: 12 }));
    }
    assert.deepEqual([restarts, log.position], [1, null]);
  });
});

it("other frames are not the log's", () => {
  assert.equal(log.receive({ type: "presence" }), false);
});

it("any order, doubling and loss ends with every event once and in order", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round += 1) {
    shown = []; asked = []; timers.clear();
    log.lost();
    log.last = 0;
    log.receive(welcome({ head: 0 }));
    const all = Array.from({ length: 30 }, (_, i) => i + 1);
    const wire = all.flatMap((seq) => (random() < 0.2 ? [] : random() < 0.2 ? [seq, seq] : [seq]));
    for (let i = wire.length - 1; i > 0; i -= 1) {
      const j = Math.max(0, i - Math.floor(random() * 4));
      [wire[i], wire[j]] = [wire[j], wire[i]];
    }
    const answer = () => {
      while (asked.length) {
        const since = asked.pop();
        const found = all.filter((seq) => seq > since).slice(0, 7);
        log.receive({ ...events(found), more: since + found.length < 30, head: 30 });
      }
    };
    for (const seq of wire) {
      log.receive(message(seq));
      pass(random() * 300);
      if (random() < 0.5) answer();
    }
    log.receive({ type: "head", seq: 30 });
    for (let i = 0; i < 20 && log.last < 30; i += 1) { pass(HOLD_MS); answer(); }
    assert.deepEqual(shown, all);
  }
});
