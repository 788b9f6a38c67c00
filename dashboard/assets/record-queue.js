// The queue of the Record page: taps leave it only with a verdict of the server, in the order they were made.
// One tab sends at a time; and should an answer be lost, the id of the event makes the second sending harmless.
(function () {
  "use strict";
  var Fx = window.FxRecord = window.FxRecord || {};
  var ADDRESS = "/api/v1/record", PATIENCE_MS = 20000, LEAST_MS = 2000, MOST_MS = 60000, KEEP_SENT_MS = 86400000;
  var most = 100, delay = LEAST_MS, timer = null, wanted = false, sequence = 0;
  var listeners = [];
  var channel = window.BroadcastChannel ? new BroadcastChannel("fx-record") : null;

  // Files load by name; record-case.js, which comes before this one, holds the same object.
  var queue = Fx.queue = Object.assign(Fx.queue || {}, {
    taps: [],
    sending: false,
    failed: false,
    problem: null,
    offset: Number(Fx.remembered("offset")) || 0
  });

  queue.now = function () { return Date.now() + queue.offset; };
  queue.waiting = function () { return queue.taps.filter(function (tap) { return tap.status === "queued"; }); };
  queue.refused = function () { return queue.taps.filter(function (tap) { return tap.status === "refused"; }); };
  queue.onchange = function (listener) { listeners.push(listener); };

  function changed(elsewhere) {
    listeners.forEach(function (listener) { listener(); });
    if (channel && !elsewhere) { channel.postMessage("changed"); }
  }
  if (channel) { channel.onmessage = function () { queue.load(true); }; }

  queue.load = function (elsewhere) {
    return Fx.store.taps().then(function (taps) {
      queue.taps = taps.sort(function (a, b) { return a.seq - b.seq; });
      changed(elsewhere);
    });
  };

  // The clock of the server, as it stood in the middle of the time that its answer took.
  queue.heard = function (micros, asked, answered) {
    if (answered - asked > 5000) { return; }
    queue.offset = Math.round(micros / 1000 - (asked + answered) / 2);
    Fx.remember("offset", queue.offset);
  };

  // Keep events of a station; resolves once they are kept.
  queue.add = function (station, events) {
    var items = events.map(function (event) {
      sequence = Math.max(Date.now() * 1000, sequence + 1);
      return { key: event.event_id + "#" + event.revision, seq: sequence, station: station, status: "queued", event: event };
    });
    return Fx.store.put(items).then(function () { return queue.load(); }).then(function () { queue.send(); });
  };

  // What was sent stays until the server's own list shows it, so that nothing blinks away in between.
  queue.settle = function (station, listedSince) {
    var done = queue.taps.filter(function (tap) {
      return tap.status === "sent" && (tap.sentAt < Date.now() - KEEP_SENT_MS || (tap.station === station && tap.sentAt < listedSince));
    }).map(function (tap) { return tap.key; });
    return done.length ? Fx.store.remove(done).then(function () { return queue.load(); }) : Promise.resolve();
  };
  queue.discard = function (key) { return Fx.store.remove([key]).then(function () { return queue.load(); }); };

  // Other tabs wait their turn. Without Web Locks a lease in localStorage does, and the ids of the events.
  function alone(act) {
    if (navigator.locks) { return navigator.locks.request("fx-record-send", act); }
    var lease = Number(Fx.remembered("lease")) || 0;
    if (lease > Date.now()) { later(lease - Date.now() + 500); return Promise.resolve(); }
    Fx.remember("lease", Date.now() + PATIENCE_MS + 5000);
    return act().then(function () { Fx.remember("lease", 0); }, function (error) { Fx.remember("lease", 0); throw error; });
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(queue.send, wait);
  }

  queue.send = function () {
    if (queue.sending) { wanted = true; return Promise.resolve(); }
    clearTimeout(timer);
    queue.sending = true;
    wanted = false;
    return alone(batches).catch(function (error) {
      queue.failed = true;
      if (error.detail) { queue.problem = error.detail; }
      delay = Math.min(MOST_MS, delay * 2);
      later(error.detail ? MOST_MS : delay * (0.75 + Math.random() / 2));
    }).then(function () {
      queue.sending = false;
      changed(true);
      if (wanted && !queue.failed) { queue.send(); }
    });
  };

  function batches() {
    return Fx.store.taps().then(function (taps) {
      var ready = taps.filter(function (tap) { return tap.status === "queued"; })
        .sort(function (a, b) { return a.seq - b.seq; });
      if (!ready.length) { queue.failed = false; return undefined; }
      var batch = ready.filter(function (tap) { return tap.station === ready[0].station; }).slice(0, most);
      changed(true);
      return post(batch).then(batches);
    });
  }

  function post(batch) {
    var asked = Date.now(), stop = new AbortController();
    var patience = setTimeout(function () { stop.abort(); }, PATIENCE_MS);
    var body = JSON.stringify({
      station: batch[0].station,
      device: Fx.device(),
      events: batch.map(function (tap) { return tap.event; })
    });
    return fetch(ADDRESS, {
      method: "POST", body: body, signal: stop.signal, cache: "no-store", credentials: "same-origin",
      headers: { "Content-Type": "application/json" }
    }).then(function (response) {
      return response.json().then(function (answer) { return { status: response.status, answer: answer }; });
    }).finally(function () { clearTimeout(patience); }).then(function (found) {
      if (found.status === 413 && batch.length > 1) { most = Math.ceil(batch.length / 2); return undefined; }
      if (found.status === 429 || found.status >= 500) { throw new Error("status " + found.status); }
      if (found.status !== 200) {
        var refused = new Error("status " + found.status);
        refused.detail = found.answer.detail || String(found.status);
        throw refused;
      }
      return judged(batch, found.answer, asked);
    });
  }

  function judged(batch, answer, asked) {
    var settled = [];
    queue.heard(answer.now, asked, Date.now());
    batch.forEach(function (tap, place) {
      var verdict = answer.verdicts[place];
      // Without a verdict of its own a tap stays where it is.
      if (!verdict || (verdict.event_id !== null && verdict.event_id !== tap.event.event_id)) { return; }
      tap.status = verdict.outcome === "refused" ? "refused" : "sent";
      tap.verdict = verdict;
      tap.sentAt = Date.now();
      settled.push(tap);
    });
    if (!settled.length) { throw new Error("no verdicts"); }
    return Fx.store.put(settled).then(function () {
      queue.failed = false;
      queue.problem = null;
      delay = LEAST_MS;
      Fx.remember("delivered", queue.now());
      return queue.load();
    }).then(function () { if (queue.ondelivered) { queue.ondelivered(); } });
  }

  // Back in sight or back on the network: try at once.
  queue.retry = function () { delay = LEAST_MS; if (queue.waiting().length) { queue.send(); } };
  window.addEventListener("online", queue.retry);
  window.addEventListener("offline", function () { changed(true); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { queue.retry(); } });
  // On every page, so that taps also leave when the officer has moved on to another one.
  queue.load().then(queue.retry);
})();
