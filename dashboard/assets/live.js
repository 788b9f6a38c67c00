// What moves between two refreshes: countdowns, waits and ages each second, the age of the data, the clock;
// the band that says the server is gone; the choices of language and light; the buttons of the rows.
//
// The server sends instants (data-deadline, data-since, data-ago, data-silent: milliseconds UTC), never spans.
// Its clock is known from #fx-stamp, which every refresh sets; the difference to ours is kept between refreshes,
// so that a countdown is right on a computer whose clock is wrong.
(function () {
  "use strict";
  var HEARTBEAT_MS = 5000, GRACE_MS = 12000, RETRY_MS = 20000, YEAR_S = 31536000;
  var offset = 0, stamp = 0, words = null, wordsText = "";
  var lastAnswer = Date.now(), lost = false, said = null, name = document.title;

  function byId(id) { return document.getElementById(id); }
  function now() { return Date.now() + offset; }
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function clock(minutes) { return Math.floor(minutes / 60) + ":" + two(minutes % 60); }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; }); }
  function put(node, text) { if (node && node.textContent !== text) { node.textContent = text; } }

  // The same rules as views/moments.py: up before the deadline, down after it.
  function countdown(ms) {
    return ms < 0 ? "+" + clock(Math.floor(-ms / 60000)) : clock(Math.ceil(ms / 60000));
  }
  function ago(ms) {
    var s = Math.floor(ms / 1000), w = words.ago;
    if (s < 1) { return w.now; }
    if (s < 60) { return fill(w.seconds, { n: s }); }
    if (s < 3600) { return fill(w.minutes, { n: Math.floor(s / 60) }); }
    if (s < 172800) { return fill(w.hours, { n: Math.floor(s / 3600) }); }
    return fill(w.days, { n: Math.floor(s / 86400) });
  }
  function span(ms) {
    var minutes = Math.floor(ms / 60000), w = words.span;
    if (minutes < 120) { return fill(w.minutes, { n: minutes }); }
    if (minutes < 2880) { return fill(w.hours, { n: Math.floor(minutes / 60) }); }
    return fill(w.days, { n: Math.floor(minutes / 1440) });
  }
  function localParts(at, zone) {
    var parts = {};
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", weekday: "short", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" })
      .formatToParts(new Date(at)).forEach(function (part) { parts[part.type] = part.value; });
    return parts;
  }
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  // A row takes its new place at the next refresh; its sign and frame change when its time has come.
  function turn(row, from, to) {
    if (row.classList.contains("fx-is-" + from)) { row.classList.remove("fx-is-" + from); row.classList.add("fx-is-" + to); }
  }
  function tick() {
    readStamp();  // first: until then a computer with a wrong clock would show wrong times
    var age = byId("fx-age"), at = now(), near = age ? Number(age.dataset.near) * 1000 : 0;
    if (age && age.dataset.words !== wordsText) { wordsText = age.dataset.words; words = JSON.parse(wordsText); }
    each("[data-deadline]", function (node) {
      var left = Number(node.dataset.deadline) - at;
      put(node, countdown(left));
      var row = node.closest("[data-row]");
      if (row && left < 0) { turn(row, "running", "near"); turn(row, "near", "overdue"); }
      else if (row && left <= near) { turn(row, "running", "near"); }
    });
    each("[data-since]", function (node) {
      put(node, fill(node.dataset.words, { time: clock(Math.max(0, Math.floor((at - Number(node.dataset.since)) / 60000))) }));
    });
    if (words) {
      each("[data-ago]", function (node) { put(node, ago(at - Number(node.dataset.ago))); });
      each("[data-silent]", function (node) { put(node, fill(node.dataset.words, { time: span(at - Number(node.dataset.silent)) })); });
    }
    if (age && words) { showAge(age, at); }
    var held = document.querySelector("[data-held]");
    if (held) { put(byId("fx-count-watch"), held.dataset.held === "0" ? "" : held.dataset.held); }
    if (words && byId("fx-clock")) { showClock(at, age.dataset.zone); }
    var title = byId("fx-title");
    if (title && document.title !== title.textContent + " · " + name) { document.title = title.textContent + " · " + name; }
    retry();
    beat();
  }
  function readStamp() {
    var node = document.querySelector("#fx-stamp, .fx-stamp"), told = node ? Number(node.textContent) : 0;
    if (told && told !== stamp) {
      stamp = told;
      offset = told - Date.now();
      answered();
    }
  }
  // Fresh: a ring. Stale: a filled plate. Stopped: a band over the figures as well; countdowns go on.
  function showAge(age, at) {
    var ms = Math.max(0, at - stamp), text = age.querySelector(".fx-age-text"), band = byId("fx-stopped");
    var here = localParts(at, age.dataset.zone);
    var narrow = matchMedia("(max-width: 720px)").matches;
    var sentence = !stamp ? words.none : narrow ? ago(ms) : fill(words.fresh, { ago: ago(ms) });
    if (!byId("fx-clock") && !narrow) {
      sentence += " · " + fill(words.date, { month: here.month, day: here.day }) + " " + here.hour + ":" + here.minute;
    }
    put(text, sentence);
    age.classList.toggle("fx-filled", ms > Number(age.dataset.stale) * 1000);
    var stopped = ms > Number(age.dataset.stopped) * 1000;
    if (band) {
      band.hidden = !stopped;
      put(band, stopped ? fill(words.stopped, { span: span(ms) }) : "");
    }
  }
  function showClock(at, zone) {
    var here = localParts(at, zone), days = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 };
    put(byId("fx-clock"), here.hour + ":" + here.minute);
    put(byId("fx-date"), fill(words.date, { month: here.month, day: here.day }));
    put(byId("fx-weekday"), words.week[days[here.weekday]]);
  }

  // A page that failed, or never came because the server went away just then, is asked for again.
  var missing = 0;
  function retry() {
    var failed = document.querySelector(".fx-failed-page, #fx-root > .fx-loading");
    if (!failed) { missing = 0; return; }
    missing = missing || Date.now();
    if (Date.now() - missing > RETRY_MS && !lost && Date.now() - lastAnswer < GRACE_MS) { missing = 0; location.reload(); }
  }

  // Heartbeat. A server that comes back with another version gets a fresh page.
  var asked = 0;
  function beat() {
    if (Date.now() - asked < HEARTBEAT_MS) { return; }
    asked = Date.now();
    fetch("/healthz", { cache: "no-store" })
      .then(function (answer) { if (!answer.ok) { throw new Error(answer.status); } return answer.json(); })
      .then(function (health) {
        answered();
        var meta = document.querySelector('meta[name="fx-version"]');
        if (meta && health.version && health.version !== meta.content && !dirty()) { location.reload(); }
      })
      .catch(function () { if (Date.now() - lastAnswer > GRACE_MS) { showLost(true); } });
  }
  function answered() { lastAnswer = Date.now(); if (lost) { showLost(false); } }
  function showLost(is) {
    var band = byId("fx-lost");
    lost = is;
    if (!band) { return; }
    if (is) {
      var age = byId("fx-age"), since = localParts(lastAnswer + offset, age ? age.dataset.zone : undefined);
      put(band, fill(band.dataset.words, { time: since.hour + ":" + since.minute }));
    }
    band.hidden = !is;
  }
  // What somebody is writing is not thrown away by a reload.
  function dirty() {
    return Array.prototype.some.call(document.querySelectorAll("textarea, input[type=text]"), function (field) { return field.value && field.offsetParent; });
  }

  document.addEventListener("click", function (event) {
    var choice = event.target.closest("[data-fx-cookie]"), act = event.target.closest("[data-act]");
    if (choice) {
      var value = choice.dataset.fxValue;
      document.cookie = choice.dataset.fxCookie + "=" + value + "; path=/; SameSite=Lax; max-age=" + (value ? YEAR_S : 0);
      var url = new URL(location.href);
      url.searchParams.delete("theme");
      if (url.href === location.href) { location.reload(); } else { location.href = url.href; }
    } else if (act) {
      act.disabled = act.dataset.act === "acknowledge";
      dash_clientside.set_props("fx-act", { data: { kind: act.dataset.act, station: act.dataset.station, case: act.dataset.case, plate: act.dataset.plate, at: Date.now() } });
    }
  });
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { tick(); } });
  new MutationObserver(function () {
    var drawn = document.querySelector("#fx-stamp, .fx-stamp");
    if (drawn !== said) { said = drawn; if (drawn) { tick(); } }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
