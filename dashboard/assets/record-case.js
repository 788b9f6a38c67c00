// A case as it stands with the taps that the server may not know of yet: the server's list, and over it what lies
// in the queue. The server's own fold stays the truth; this only bridges the time until it answers.
(function () {
  "use strict";
  var Fx = window.FxRecord = window.FxRecord || {};
  var queue = Fx.queue = Fx.queue || {};
  var cases = Fx.cases = { station: null, answer: null, heardAt: 0, failed: false };
  var asking = null;

  // The last answer for the station, from the device if need be.
  cases.open = function (station) {
    cases.station = station;
    cases.answer = null;
    return Fx.store.read("cases:" + station).then(function (kept) {
      if (kept && cases.station === station && !cases.answer) { cases.answer = kept.answer; cases.heardAt = kept.at; }
      return cases.refresh();
    });
  };

  cases.refresh = function () {
    var station = cases.station, asked = Date.now();
    if (!station || asking) { return asking || Promise.resolve(); }
    var stop = new AbortController(), patience = setTimeout(function () { stop.abort(); }, 15000);
    asking = fetch("/api/v1/record/cases?station=" + encodeURIComponent(station) + "&lang=" + Fx.page.language, {
      cache: "no-store", credentials: "same-origin", signal: stop.signal
    }).then(function (response) {
      if (!response.ok) { throw new Error("status " + response.status); }
      return response.json();
    }).then(function (answer) {
      queue.heard(answer.now, asked, Date.now());
      cases.failed = false;
      if (cases.station !== station) { return undefined; }
      cases.answer = answer;
      cases.heardAt = queue.now();
      return Fx.store.write("cases:" + station, { answer: answer, at: cases.heardAt })
        .then(function () { return queue.settle(station, asked); });
    }).catch(function () { cases.failed = true; }).then(function () {
      clearTimeout(patience);
      asking = null;
      if (cases.onchange) { cases.onchange(); }
      if (cases.station !== station) { return cases.refresh(); }
      return undefined;
    });
    return asking;
  };

  function tapsOf(caseNo) {
    return queue.taps.filter(function (tap) { return tap.station === cases.station && tap.event.case_no === caseNo; });
  }

  function known() {
    return cases.answer ? cases.answer.cases.concat(cases.answer.released) : [];
  }

  // Every case of the station, those without a release first, the nearest deadline first.
  cases.all = function () {
    var byNumber = {};
    known().forEach(function (one) { byNumber[one.case_no] = one; });
    queue.taps.forEach(function (tap) {
      if (tap.station === cases.station && !(tap.event.case_no in byNumber)) { byNumber[tap.event.case_no] = null; }
    });
    return Object.keys(byNumber).map(function (number) { return laidOver(number, byNumber[number]); })
      .filter(function (one) { return one.events.some(stands) || one.refused.length; })
      .sort(function (a, b) { return (a.deadline || Infinity) - (b.deadline || Infinity); });
  };
  cases.held = function () { return cases.all().filter(function (one) { return one.released === null; }); };
  cases.lately = function () {
    return cases.all().filter(function (one) { return one.released !== null; })
      .sort(function (a, b) { return b.released - a.released; });
  };
  cases.one = function (number) {
    return cases.all().filter(function (one) { return one.number === number; })[0] || null;
  };

  function stands(event) { return !event.struckBy; }

  // The server's case (or null for a new one) with the taps of the queue. Instants in milliseconds.
  function laidOver(number, told) {
    var taps = tapsOf(number), strikes = {}, deadStrikes = {}, events = {};
    (told ? told.events : []).forEach(function (event, place) {
      events[event.own && event.event_id || "other" + place] = {
        id: event.event_id, revision: event.revision || 1, activity: event.activity, at: event.occurred_at / 1000,
        day: event.occurred_until !== null, own: event.own, source: event.source, data: event.data,
        struckBy: event.struck_by, status: "delivered"
      };
    });
    taps.filter(function (tap) { return tap.status !== "refused"; }).forEach(function (tap) {
      var event = tap.event, before = events[event.event_id];
      if (event.activity === "voided") {
        strikes[event.event_id] = event.voids;
        deadStrikes[event.voids] = true;
        return;
      }
      if (before && before.revision > event.revision) { return; }
      events[event.event_id] = {
        id: event.event_id, revision: event.revision, activity: event.activity, at: Date.parse(event.occurred_at),
        day: false, own: true, source: "record", data: event.data, status: tap.status,
        struckBy: before ? before.struckBy : null
      };
    });
    Object.keys(events).forEach(function (key) {
      var event = events[key];
      if (event.struckBy && deadStrikes[event.struckBy]) { event.struckBy = null; event.status = "queued"; }
    });
    Object.keys(strikes).forEach(function (strike) {
      var struck = events[strikes[strike]];
      if (struck && !deadStrikes[strike]) { struck.struckBy = strike; }
    });
    var list = Object.keys(events).map(function (key) { return events[key]; })
      .sort(function (a, b) { return a.at - b.at; });
    return derived(number, told, list, taps);
  }

  function firstData(list, key) {
    for (var i = 0; i < list.length; i++) {
      if (list[i].data && list[i].data[key] !== undefined && list[i].data[key] !== null) { return list[i].data[key]; }
    }
    return null;
  }
  cases.limitOf = function (vehicle, axles) {
    var found = Fx.page.vehicles.filter(function (one) {
      return one.vehicle === vehicle && (one.axles === axles || (one.axles === 6 && axles > 6));
    })[0];
    return found ? found.kg : null;
  };

  function derived(number, told, list, taps) {
    var valid = list.filter(stands), local = taps.some(function (tap) { return tap.status !== "refused"; });
    function of(activity) { return valid.filter(function (event) { return event.activity === activity; }); }
    var confirmed = of("confirmed")[0], gross = firstData(of("weighed").concat(of("confirmed")), "gross_kg");
    var vehicle = firstData(valid, "vehicle"), axles = firstData(valid, "axles");
    var limit = told && told.limit_kg !== null ? told.limit_kg : firstData(valid, "limit_kg");
    if (limit === null || (told && (told.vehicle !== vehicle || told.axles !== axles))) {
      limit = cases.limitOf(vehicle, axles) || limit;
    }
    var reweighs = of("reweighed").filter(function (event) { return event.data.gross_kg; });
    var within = limit === null ? undefined : reweighs.filter(function (event) { return event.data.gross_kg <= limit; })[0];
    var removed = of("violation_removed")[0] || within;
    var releases = of("released"), release = releases[releases.length - 1];
    var limitS = cases.answer ? cases.answer.limit_s : null;
    var paused = of("suspended").length > of("resumed").length;
    var one = {
      number: number, told: told, events: list, refused: taps.filter(function (tap) { return tap.status === "refused"; }),
      plate: firstData(valid, "plate"), colour: firstData(valid, "plate_colour"), vehicle: vehicle, axles: axles,
      gross: gross, limit: limit, reweigh: reweighs.length ? reweighs[reweighs.length - 1].data.gross_kg : null,
      confirmed: confirmed ? confirmed.at : null, confirmation: confirmed || null,
      removed: removed ? removed.at : null, released: release ? release.at : null, paused: paused,
      deadline: confirmed && limitS ? confirmed.at + limitS * 1000 : null,
      withdrawn: of("withdrawn").length > 0, local: local, unsent: taps.some(function (tap) { return tap.status === "queued"; })
    };
    if (told && !local) {
      one.deadline = told.deadline_at === null ? null : told.deadline_at / 1000;
      one.removed = told.removed_at === null ? null : told.removed_at / 1000;
      one.released = told.released_at === null ? null : told.released_at / 1000;
      one.paused = told.paused;
    }
    one.steps = stepsOf(one, valid, taps);
    return one;
  }

  // What is likely tapped next, at most six, the likeliest first.
  function stepsOf(one, valid, taps) {
    if (one.released !== null) { return []; }
    var page = Fx.page, found = [], done = {};
    valid.forEach(function (event) { done[event.activity] = true; });
    if (one.paused) { found.push("resumed"); }
    if (one.removed !== null) { found.push("released"); }
    // The newest taps first: the server does not know yet what they opened.
    taps.filter(function (tap) { return tap.status !== "refused"; }).reverse().forEach(function (tap) {
      if (done[tap.event.activity]) { found = found.concat(page.followers[tap.event.activity] || []); }
    });
    (one.told ? one.told.steps : [{ step: "arrange_unloading" }, { step: "decide" }]).forEach(function (owed) {
      found = found.concat(page.offers[owed.step] || []);
    });
    var removal = page.groups[0][1];
    return found.filter(function (activity, place) {
      if (found.indexOf(activity) !== place) { return false; }
      if (one.removed !== null && removal.indexOf(activity) >= 0) { return false; }
      if (one.withdrawn && (activity === "decided" || activity === "handed_over")) { return false; }
      return !done[activity] || page.repeatable.indexOf(activity) >= 0;
    }).slice(0, 6);
  }

  // ---- making events
  function written(ms) { return new Date(Math.round(ms / 1000) * 1000).toISOString().replace(".000Z", "Z"); }

  cases.event = function (number, activity, at, data, more) {
    var event = {
      event_id: Fx.uuid(), revision: 1, case_no: number, activity: activity, occurred_at: written(at),
      recorded_at: new Date(queue.now()).toISOString(), data: data || {}
    };
    Object.keys(more || {}).forEach(function (key) { event[key] = more[key]; });
    return event;
  };
  // A new version of an event that was tapped before. `data` holds what differs.
  cases.revised = function (number, event, at, data) {
    var whole = {};
    ["plate", "plate_colour", "vehicle", "axles", "gross_kg", "authority", "outcome", "channel", "reason", "note"]
      .forEach(function (key) {
        var value = data[key] !== undefined ? data[key] : event.data[key];
        if (value !== undefined && value !== null) { whole[key] = value; }
      });
    return cases.event(number, event.activity, at, whole, { event_id: event.id, revision: event.revision + 1 });
  };

  // R-<station>-<local day>-<count of the day on this device>-<five characters that no other device has>
  cases.newNumber = function (station) {
    var day = new Intl.DateTimeFormat("en-CA", { timeZone: station.zone, year: "numeric", month: "2-digit", day: "2-digit" })
      .format(new Date(queue.now())).replace(/\D/g, "");
    var counted = (Fx.remembered("count") || "").split(":"), count = counted[0] === day ? Number(counted[1]) + 1 : 1;
    Fx.remember("count", day + ":" + count);
    var letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", hex = Fx.uuid().replace(/-/g, ""), tail = "";
    for (var i = 0; i < 5; i++) { tail += letters[parseInt(hex.slice(i * 2, i * 2 + 2), 16) % 32]; }
    return ["R", station.code, day, ("00" + count).slice(-3), tail].join("-");
  };
})();
