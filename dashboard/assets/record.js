// The Record page: the vehicles of a station, a new case in three taps, and the steps of a case as large buttons.
// Everything is drawn inside #fx-record, which Dash leaves alone; nothing needs hovering or swiping.
(function () {
  "use strict";
  var Fx = window.FxRecord, queue = Fx.queue, cases = Fx.cases, pads = Fx.pads, h = Fx.h, T = Fx.text, button = Fx.button;
  var REFRESH_MS = 15000, UNDO_MS = 10000, BOUNCE_MS = 700;
  var root = null, station = null, drawn = "", pressed = false, refresher = null, ticker = null;
  var view = { place: "list", number: null, more: false };
  var when = { back: 0, at: null, reason: null };
  var draft = {};
  var undo = null, lastTap = { key: "", at: 0 };

  // ---- the moment of the next tap
  function moment() { return when.at !== null ? when.at : queue.now() - when.back * 60000; }
  function momentReason() { return when.at !== null ? when.reason : null; }
  function toNow() { when = { back: 0, at: null, reason: null }; }
  function clock(at) { return Fx.moment(at, station.zone); }

  // ---- moving about. The place stands in the address, so that the phone's own back key works.
  function go(place, number) {
    view = { place: place, number: number || null, more: false };
    toNow();
    var wanted = place === "list" ? "" : place === "case" ? "#" + encodeURIComponent(number) : "#+";
    if (location.hash !== wanted) { history.pushState(history.state, "", location.pathname + location.search + wanted); }
    draw(true);
    window.scrollTo(0, 0);
  }
  function fromAddress() {
    var hash = decodeURIComponent(location.hash.slice(1));
    view = hash === "" ? { place: "list", number: null } : hash === "+" ? { place: "new", number: null } : { place: "case", number: hash };
    view.more = false;
    if (view.place === "new") { draft = {}; }
  }

  // ---- what a tap does
  function bounced(key) {
    var again = lastTap.key === key && Date.now() - lastTap.at < BOUNCE_MS;
    lastTap = { key: key, at: Date.now() };
    return again;
  }
  function keep(events, said, undoes) {
    return queue.add(station.code, events).then(function () {
      undo = undoes ? { said: said, event: undoes, until: Date.now() + UNDO_MS } : { said: said, event: null, until: Date.now() + 4000 };
      toNow();
      draw(true);
    }, function (error) { window.alert(T("record.not_kept", { why: String(error && error.message || error) })); });
  }
  function undoLast() {
    var event = undo && undo.event;
    if (!event) { return; }
    undo = null;
    keep([cases.event(event.case_no, "voided", queue.now(), { reason: "slip" }, { voids: event.event_id })],
      T("record.undone", { what: label(event.activity) }), null)
      .then(function () { if (event.activity === "confirmed") { go("list"); } });
  }
  function label(activity) { return T("activities." + activity); }

  // Ask what the activity asks for; resolves with its data, or null when put away.
  function asked(activity, one) {
    var data = {}, asks = (Fx.page.asks[activity] || []).slice();
    function next() {
      var ask = asks.shift();
      if (!ask) { return Promise.resolve(data); }
      return question(ask, activity, one).then(function (answer) {
        if (answer === null) { return null; }
        Object.keys(answer).forEach(function (key) { data[key] = answer[key]; });
        return next();
      });
    }
    return next();
  }
  function question(ask, activity, one) {
    function as(key) { return function (value) { return value === null ? null : Object.fromEntries([[key, value]]); }; }
    if (ask === "weight") { return pads.weight(T("record.reweigh_title"), one.limit).then(as("gross_kg")); }
    if (ask === "reason") { return pads.reason(T("record.why", { what: label(activity) }), activity).then(as("reason")); }
    if (ask === "authority") {
      if (station.authorities.length < 2) { return Promise.resolve(station.authorities.length ? { authority: station.authorities[0] } : {}); }
      return pads.choose(T("record.who_decides"), station.authorities.map(function (code) { return [code, T("authorities." + code)]; })).then(as("authority"));
    }
    if (ask === "outcome") {
      return pads.choose(T("record.outcome_title"), Fx.page.outcomes.map(function (code) { return [code, T("record.outcome." + code)]; })).then(as("outcome"));
    }
    if (ask === "channel") {
      return pads.choose(T("record.channel_title"), station.channels.map(function (code) { return [code, T("channels." + code)]; })
        .concat([["", T("record.channel_unknown")]])).then(function (code) { return code === null ? null : code ? { channel: code } : {}; });
    }
    if (one.removed !== null) { return Promise.resolve({}); }
    var note = one.limit === null || one.reweigh === null ? T("record.no_reweigh") : T("record.still_over", { n: Fx.tonnes(one.reweigh), limit: Fx.tonnes(one.limit) });
    return pads.reason(T("record.why", { what: label(activity) }), "no_reweigh", note).then(as("reason"));
  }

  function tap(activity, one) {
    if (bounced(one.number + activity)) { return; }
    var at = moment(), why = momentReason();
    asked(activity, one).then(function (data) {
      if (data === null) { return undefined; }
      if (why && !data.reason) { data.reason = why; } else if (why) { data.note = why; }
      var event = cases.event(one.number, activity, at, data), said = T("record.kept", { what: label(activity), time: clock(at) });
      if (activity === "reweighed" && one.limit !== null) {
        said += " · " + (data.gross_kg <= one.limit ? T("record.within", { n: Fx.tonnes(data.gross_kg), limit: Fx.tonnes(one.limit) })
          : T("record.over", { n: Fx.tonnes(data.gross_kg), over: Fx.tonnes(data.gross_kg - one.limit), limit: Fx.tonnes(one.limit) }));
      }
      return keep([event], said, event).then(function () { if (activity === "released") { go("list"); } });
    });
  }

  function confirmNew() {
    if (bounced("new")) { return; }
    var at = moment(), data = {}, why = momentReason();
    Object.keys(draft).forEach(function (key) { if (draft[key] !== null && draft[key] !== "") { data[key] = draft[key]; } });
    if (why) { data.reason = why; }
    var event = cases.event(cases.newNumber(station), "confirmed", at, data);
    draft = {};
    keep([event], T("record.kept", { what: label("confirmed"), time: clock(at) }), event).then(function () { go("case", event.case_no); });
  }

  function correct(one, event) {
    var options = [["time", T("record.fix_time"), clock(event.at)]];
    if (event.activity === "reweighed" || event.activity === "confirmed") {
      options.push(["weight", T("record.fix_weight"), event.data.gross_kg ? T("record.tonnes", { n: Fx.tonnes(event.data.gross_kg) }) : T("record.not_weighed")]);
    }
    options.push(event.struckBy ? ["restore", T("record.restore")] : ["strike", T("record.strike"), null, "rec-danger"]);
    if (event.struckBy) { options = options.slice(-1); }
    pads.choose(T("record.fix_title", { what: label(event.activity), time: clock(event.at) }), options).then(function (choice) {
      var what = { what: label(event.activity), time: clock(event.at) };
      if (choice === "time") {
        return pads.time(T("record.fix_time"), event.at, "time", station.zone).then(function (given) {
          return given && keep([cases.revised(one.number, event, given.at, { reason: given.reason })], T("record.corrected", what), null);
        });
      }
      if (choice === "weight") {
        return pads.weight(T("record.fix_weight"), one.limit).then(function (kg) {
          return kg && pads.reason(T("record.why", { what: T("record.fix_weight") }), "weight").then(function (reason) {
            return reason && keep([cases.revised(one.number, event, event.at, { gross_kg: kg, reason: reason })], T("record.corrected", what), null);
          });
        });
      }
      if (choice === "strike") {
        return pads.reason(T("record.why", { what: T("record.strike") }), "void").then(function (reason) {
          return reason && keep([cases.event(one.number, "voided", queue.now(), { reason: reason }, { voids: event.id })], T("record.struck", what), null);
        });
      }
      if (choice === "restore") {
        return keep([cases.event(one.number, "voided", queue.now(), { reason: "slip" }, { voids: event.struckBy })], T("record.restored", what), null);
      }
      return undefined;
    });
  }
  function editVehicle(one) {
    pads.plate(one.plate, one.colour).then(function (given) {
      if (given) {
        keep([cases.revised(one.number, one.confirmation, one.confirmation.at, { plate: given.plate || null, plate_colour: given.colour || null })],
          T("record.plate_kept", { plate: given.plate || T("record.plate_empty") }), null);
      }
    });
  }

  // ---- drawing
  function mask(plate) {
    var found = /^([\u4e00-\u9fff][A-Z])([A-Z0-9\u4e00-\u9fff]{4,6})$/.exec(plate || "");
    return found ? found[1] + "·" + found[2].slice(0, -4) + "**" + found[2].slice(-2) : plate;
  }
  function left(deadline) {
    var ms = deadline - queue.now(), minutes = ms < 0 ? Math.floor(-ms / 60000) : Math.ceil(ms / 60000);
    return (ms < 0 ? "+" : "") + Math.floor(minutes / 60) + ":" + ("0" + minutes % 60).slice(-2);
  }
  function urgency(one) {
    if (!one.deadline) { return "unknown"; }
    var ms = one.deadline - queue.now();
    return ms < 0 ? "late" : ms <= Fx.page.near_s * 1000 ? "near" : "running";
  }
  function countdown(one) {
    return h("span", { "class": "rec-left" }, one.deadline ? h("b", { "data-rec-left": one.deadline }, left(one.deadline)) : T("record.no_deadline"));
  }
  function overText(one) {
    if (one.gross === null) { return T("record.not_weighed"); }
    if (one.limit === null) { return T("record.gross", { n: Fx.tonnes(one.gross) }); }
    return one.gross > one.limit ? T("record.over_short", { n: Fx.tonnes(one.gross - one.limit) }) : T("record.not_over");
  }
  function awaited(one) {
    if (one.paused) { return T("record.paused"); }
    if (one.local || !one.told) { return one.steps.length ? T("record.next", { what: label(one.steps[0]) }) : ""; }
    var step = one.told.steps.filter(function (owed) { return owed.awaited; })[0];
    return step ? T("record.waits", { step: T("board.step." + step.step, { n: one.told.pay_failures }), owner: T("board.owner." + step.owner) }) : "";
  }
  function shape(one) {
    return h("i", { "class": "fx-shape fx-shape-" + { late: "octagon", near: "triangle", running: "ring", unknown: "ring-dashed" }[urgency(one)], "aria-hidden": "true" });
  }
  function card(one) {
    return h("button", { type: "button", "class": "rec-card rec-is-" + urgency(one), "data-key": one.number, onclick: function () { go("case", one.number); } },
      shape(one),
      h("span", { "class": "rec-who" },
        h("b", null, mask(one.plate) || T("record.plate_unknown")),
        h("span", null, one.confirmed ? [h("span", null, T("record.confirmed_at", { time: clock(one.confirmed) })), " · "] : null, h("span", null, overText(one)))),
      countdown(one),
      h("span", { "class": "rec-waits" }, awaited(one), one.unsent ? h("em", { "class": "rec-unsent" }, T("record.unsent")) : null,
        one.refused.length ? h("em", { "class": "rec-refused" }, T("record.returned")) : null));
  }

  function isAway() { return navigator.onLine === false || queue.failed || (cases.failed && !queue.waiting().length); }
  function unwell() { return queue.problem || isAway() || queue.waiting().length || queue.refused().length; }
  function status() {
    var waiting = queue.waiting().length, refused = queue.refused().length, delivered = Number(Fx.remembered("delivered"));
    var away = isAway();
    var said = queue.problem ? ["rec-bad", T("record.queue.problem", { n: waiting, why: queue.problem })]
      : waiting && away ? ["rec-away", T("record.queue.stored", { n: waiting })]
      : waiting ? ["rec-busy", T("record.queue.sending", { n: waiting })]
      : away ? ["rec-away", T("record.queue.away")]
      : delivered ? ["rec-fine", T("record.queue.delivered", { time: clock(delivered) })]
      : ["rec-fine", T("record.queue.ready")];
    return [h("button", { type: "button", "class": "rec-status " + said[0], "data-key": "status", onclick: function () { queue.retry(); cases.refresh(); } },
      h("i", { "aria-hidden": "true" }), h("span", { role: "status" }, said[1])),
      refused ? h("span", { "class": "rec-refused" }, T("record.queue.refused", { n: refused })) : null];
  }

  function head() {
    return h("div", { "class": "rec-head" },
      button([h("small", null, T("record.station")), station.short + (station.example ? " · " + T("record.example") : "")], "rec-station", chooseStation, { "data-key": "station" }),
      h("div", { "class": "rec-state" }, status()));
  }
  function chooseStation() {
    pads.choose(T("record.station_title"), Fx.page.stations.map(function (one) { return [one.code, one.name, one.example ? T("record.example") : null]; }))
      .then(function (code) { if (code) { setStation(code); go("list"); } });
  }
  function setStation(code) {
    station = Fx.page.stations.filter(function (one) { return one.code === code; })[0] || Fx.page.stations[0];
    Fx.remember("station", station.code);
    cases.open(station.code).then(function () { draw(); });
  }

  function timeRow() {
    var back = [5, 15, 60].map(function (minutes) {
      return button(T("record.back", { n: minutes }), "rec-back", function () {
        if (when.at !== null) { toNow(); }
        when.back += minutes;
        draw(true);
      }, { "data-key": "back" + minutes });
    });
    var apart = when.at !== null || when.back;
    return h("div", { "class": "rec-when" + (apart ? " rec-apart" : "") },
      h("p", null, T("record.happened"), " ", h("b", { "data-rec-when": "" }, clock(moment())), apart ? null : h("span", null, T("record.now"))),
      h("div", { "class": "rec-when-keys" },
        button(T("record.to_now"), "rec-back", function () { toNow(); draw(true); }, { "data-key": "now", "aria-pressed": apart ? "false" : "true" }), back,
        button(T("record.exact"), "rec-back", function () {
          pads.time(T("record.exact_title"), moment(), "time", station.zone).then(function (given) {
            if (given) { when = { back: 0, at: given.at, reason: given.reason }; draw(true); }
          });
        }, { "data-key": "exact" })));
  }

  function listView() {
    var held = cases.held(), lately = cases.lately();
    return [
      head(),
      h("div", { "class": "rec-new-bar" }, button(["＋ ", T("record.new")], "rec-primary rec-new", function () { draft = {}; go("new"); }, { "data-key": "new" })),
      cases.answer || held.length ? null : h("p", { "class": "rec-note" }, cases.failed ? T("record.no_list") : T("record.loading")),
      h("h2", { "class": "rec-title" }, T("record.held", { n: held.length })),
      held.length || !cases.answer ? null : h("p", { "class": "rec-note" }, T("record.none_held")),
      h("div", { "class": "rec-cards" }, held.map(card)),
      lately.length ? h("h2", { "class": "rec-title" }, T("record.lately")) : null,
      h("div", { "class": "rec-cards rec-lately" }, lately.slice(0, 6).map(function (one) {
        return h("button", { type: "button", "class": "rec-card rec-done", "data-key": one.number, onclick: function () { go("case", one.number); } },
          h("i", { "class": "fx-shape fx-shape-tick-ring", "aria-hidden": "true" }),
          h("span", { "class": "rec-who" }, h("b", null, mask(one.plate) || T("record.plate_unknown")), h("span", null, T("record.released_at", { time: clock(one.released) }))),
          one.unsent ? h("em", { "class": "rec-unsent" }, T("record.unsent")) : null);
      }))
    ];
  }

  function kindOf(vehicle, axles) {
    return axles ? T("record.kind", { axles: axles, vehicle: vehicle ? T("record.body." + vehicle) : "" }) : T("record.kind_unknown");
  }
  function newView() {
    return [
      topOf(T("record.new"), T("record.new_at", { station: station.short })),
      h("div", { "class": "rec-two" },
        h("section", null,
          h("h2", { "class": "rec-title" }, T("record.kind_title")),
          h("div", { "class": "rec-kinds", role: "group", "aria-label": T("record.kind_title") }, Fx.page.vehicles.map(function (one) {
            var chosen = draft.axles === one.axles && draft.vehicle === one.vehicle;
            return button([kindOf(one.vehicle, one.axles), h("small", null, T("record.limit_short", { n: one.kg / 1000 }), one.confirmed ? null : " · " + T("record.unconfirmed"))], "rec-kind",
              function () { draft.axles = chosen ? null : one.axles; draft.vehicle = chosen ? null : one.vehicle; draw(true); },
              { "aria-pressed": chosen ? "true" : "false", "data-key": one.vehicle + one.axles });
          })),
          h("div", { "class": "rec-pair" },
            button([h("small", null, T("record.plate")), draft.plate || T("record.later")], "rec-fact", function () {
              pads.plate(draft.plate, draft.plate_colour).then(function (given) {
                if (given) { draft.plate = given.plate; draft.plate_colour = given.colour; draw(true); }
              });
            }, { "data-key": "plate" }),
            button([h("small", null, T("record.weight")), draft.gross_kg ? T("record.tonnes", { n: Fx.tonnes(draft.gross_kg) }) : T("record.later")], "rec-fact", function () {
              pads.weight(T("record.weight_title"), cases.limitOf(draft.vehicle, draft.axles)).then(function (kg) {
                if (kg) { draft.gross_kg = kg; draw(true); }
              });
            }, { "data-key": "weight" }))),
        h("section", null,
          timeRow(),
          button([label("confirmed"), h("small", { "data-rec-when": "" }, clock(moment()))], "rec-primary rec-step", confirmNew, { "data-key": "confirmed" }),
          h("p", { "class": "rec-note" }, T("record.new_note"))))
    ];
  }

  function topOf(title, sub) {
    return h("div", { "class": "rec-top" },
      button("‹ " + T("record.back_to_list"), "rec-home", function () { go("list"); }, { "data-key": "home" }),
      h("div", null, h("h2", null, title), h("p", null, sub)),
      h("div", { "class": "rec-state" + (unwell() ? "" : " rec-quiet") }, status()));
  }

  Fx.views = { list: listView, create: newView, topOf: topOf, countdown: countdown, overText: overText, awaited: awaited, shape: shape, urgency: urgency, kindOf: kindOf, timeRow: timeRow, clock: clock, label: label };
  Fx.acts = { tap: tap, correct: correct, editVehicle: editVehicle, go: go, keep: keep, view: function () { return view; }, draw: function () { draw(true); }, station: function () { return station; } };

  function undoBar() {
    if (!undo || undo.until < Date.now()) { return null; }
    return h("div", { "class": "rec-undo", role: "status" }, h("span", null, undo.said),
      undo.event ? button(T("record.undo"), "rec-undo-key", undoLast, { "data-key": "undo" }) : null);
  }

  // Draws only what changed, and never under a finger: a button that moves while it is pressed is not pressed.
  function draw(asked) {
    if (!root || !station || (pressed && !asked)) { return; }
    var content = view.place === "new" ? newView() : view.place === "case" ? Fx.caseView(cases.one(view.number)) : listView();
    var next = h("div", { "class": "rec-page rec-at-" + view.place }, content, undoBar());
    var image = next.innerHTML;
    if (image === drawn && root.firstElementChild) { return; }
    drawn = image;
    var focused = document.activeElement && root.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
    var old = root.querySelector(".rec-page");
    if (old) { old.replaceWith(next); } else { root.append(next); }
    if (focused) {
      var again = next.querySelector('[data-key="' + CSS.escape(focused) + '"]');
      if (again) { again.focus({ preventScroll: true }); }
    }
  }
  function tick() {
    if (undo && undo.until < Date.now()) { undo = null; draw(); }
    root.querySelectorAll("[data-rec-left]").forEach(function (node) { put(node, left(Number(node.getAttribute("data-rec-left")))); });
    root.querySelectorAll("[data-rec-when]").forEach(function (node) { put(node, clock(moment())); });
  }
  function put(node, text) { if (node.textContent !== text) { node.textContent = text; } }

  // ---- standing in the page
  function mount(found) {
    root = found;
    Fx.page = JSON.parse(found.getAttribute("data-page"));
    if (!Fx.page.stations.length) { root.append(h("p", { "class": "rec-note" }, T("record.no_station"))); return; }
    drawn = "";
    fromAddress();
    root.addEventListener("pointerdown", down, true);
    cases.onchange = function () { draw(); };
    queue.ondelivered = function () { cases.refresh(); };
    setStation(Fx.remembered("station"));
    queue.load().then(queue.retry);
    refresher = setInterval(function () { if (!document.hidden) { cases.refresh(); } }, REFRESH_MS);
    ticker = setInterval(tick, 1000);
    keepForLater();
    draw(true);
  }
  // Have the browser keep the page for the time without a network. Only https and loopback allow it.
  function keepForLater() {
    if (!navigator.serviceWorker || !window.isSecureContext || navigator.onLine === false) { return; }
    navigator.serviceWorker.register(Fx.page.worker, { scope: "/record" }).then(function (found) {
      var worker = found.installing || found.waiting || found.active;
      worker.postMessage({ keep: Fx.page.keep });
    }).catch(function (error) { console.warn("The page is not kept for offline use:", error); });
  }
  function down() {
    pressed = true;
    function up() { setTimeout(function () { pressed = false; draw(); }, 60); window.removeEventListener("pointerup", up); window.removeEventListener("pointercancel", up); }
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }
  function unmount() {
    clearInterval(refresher);
    clearInterval(ticker);
    cases.onchange = queue.ondelivered = null;
    root = null;
  }
  queue.onchange(function () { draw(); });
  window.addEventListener("popstate", function () { if (root) { pads.closeAll(); fromAddress(); toNow(); draw(true); } });
  function look() {
    var found = document.getElementById("fx-record");
    if (found === root) { return; }
    if (root) { unmount(); }
    if (found) { mount(found); }
  }
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
