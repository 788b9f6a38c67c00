// One case on the Record page: what it waits for, its likely next steps as large buttons, everything else under
// "more", and what was tapped, to be corrected with a reason.
(function () {
  "use strict";
  var Fx = window.FxRecord, h = Fx.h, T = Fx.text, button = Fx.button;

  Fx.caseView = function (one) {
    var views = Fx.views, acts = Fx.acts;
    if (!one) { return [views.topOf(T("record.no_case"), ""), h("p", { "class": "rec-note" }, T("record.no_case_note"))]; }
    var colour = one.colour ? h("span", { "class": "rec-colour-word" }, h("i", { "class": "rec-chip rec-" + one.colour, "aria-hidden": "true" }), T("colours." + one.colour)) : null;
    return [
      views.topOf(one.plate || T("record.plate_unknown"), h("span", null, one.number)),
      h("div", { "class": "rec-two" },
        h("section", null,
          h("div", { "class": "rec-facts rec-is-" + (one.released === null ? views.urgency(one) : "done") },
            one.released === null ? [views.shape(one), views.countdown(one)] : h("b", null, T("record.released_at", { time: views.clock(one.released) })),
            h("p", null, one.confirmed ? T("record.confirmed_at", { time: views.clock(one.confirmed) }) : T("record.not_confirmed"),
              one.deadline ? " · " + T("record.due", { time: views.clock(one.deadline) }) : ""),
            h("p", null, views.kindOf(one.vehicle, one.axles), " · ", views.overText(one), colour ? [" · ", colour] : ""),
            h("p", { "class": "rec-await" }, one.released === null ? views.awaited(one) : "")),
          one.released === null ? gateNote(one) : null,
          one.released === null ? views.timeRow() : null,
          one.released === null ? h("div", { "class": "rec-steps" }, one.steps.map(function (activity, place) { return step(activity, one, place === 0 ? "rec-primary" : ""); })) : null,
          more(one)),
        h("section", null, returned(one), plate(one), h("h2", { "class": "rec-title" }, T("record.tapped")), events(one)))
    ];
  };

  // A plate belongs to the confirmation; one that came from elsewhere is corrected there.
  function plate(one) {
    if (!one.confirmation || !one.confirmation.own) { return null; }
    return button([h("small", null, T("record.plate")), one.plate || T("record.add_plate")], "rec-fact",
      function () { Fx.acts.editVehicle(one); }, { "data-key": "plate" });
  }

  function step(activity, one, style) {
    return button(T("activities." + activity), "rec-step " + style, function () { Fx.acts.tap(activity, one); }, { "data-key": "step-" + activity, "data-activity": activity });
  }

  // Where the station's gate goes beyond the law, its ground stands beside the release.
  function gateNote(one) {
    var gate = Fx.cases.answer ? Fx.cases.answer.gate : null;
    if (!gate || one.removed === null || !gate.needs.some(function (need) { return need !== "removal"; })) { return null; }
    return h("div", { "class": "rec-gate" },
      h("p", null, T("record.gate", { needs: gate.needs.map(function (need) { return T("record.need." + need); }).join(T("record.comma")) })),
      gate.ground ? h("p", null, gate.ground, gate.confirmed ? "" : h("span", { "class": "fx-badge fx-example" }, T("record.unconfirmed_example"))) : null,
      h("p", null, T("record.lawful")));
  }

  function more(one) {
    var view = Fx.acts.view();
    if (!view.more) {
      return button(T("record.more"), "rec-more", function () { view.more = true; Fx.acts.draw(); }, { "data-key": "more", "aria-expanded": "false" });
    }
    return h("div", { "class": "rec-groups" },
      button(T("record.less"), "rec-more", function () { view.more = false; Fx.acts.draw(); }, { "data-key": "more", "aria-expanded": "true" }),
      Fx.page.groups.map(function (group) {
        return h("div", null, h("h3", null, T("record.group." + group[0])),
          h("div", { "class": "rec-steps rec-small" }, group[1].map(function (activity) { return step(activity, one, ""); })));
      }));
  }

  function events(one) {
    if (!one.events.length) { return h("p", { "class": "rec-note" }, T("record.nothing_tapped")); }
    return h("ol", { "class": "rec-events" }, one.events.slice().reverse().map(function (event) {
      var inside = [
        h("b", { "class": "rec-at" }, event.day ? T("record.day_only") : Fx.views.clock(event.at)),
        h("span", { "class": "rec-what" }, Fx.text("activities." + event.activity), details(event)),
        h("em", { "class": "rec-" + (event.own ? event.status : "foreign") }, event.own ? T("record.status." + event.status) : T("record.foreign"))
      ];
      var style = "rec-event" + (event.struckBy ? " rec-struck" : "");
      if (!event.own) { return h("li", null, h("div", { "class": style }, inside)); }
      return h("li", null, h("button", { type: "button", "class": style, "data-key": "event-" + event.id, "data-activity": event.activity, onclick: function () { Fx.acts.correct(one, event); } }, inside));
    }));
  }
  function details(event) {
    var data = event.data || {}, said = [];
    if (data.gross_kg) { said.push(T("record.tonnes", { n: Fx.tonnes(data.gross_kg) })); }
    if (data.outcome && Fx.page.texts["record.outcome." + data.outcome]) { said.push(T("record.outcome." + data.outcome)); }
    if (data.channel) { said.push(Fx.page.texts["channels." + data.channel] || data.channel); }
    if (data.reason) { said.push(Fx.page.texts["record.reason." + data.reason] || data.reason); }
    if (event.revision > 1) { said.push(T("record.revised")); }
    return said.length ? h("small", null, said.join(" · ")) : null;
  }

  // Taps that the server refused: why, what would be taken, and the two ways out.
  function returned(one) {
    return one.refused.map(function (tap) {
      var verdict = tap.verdict || {}, event = tap.event, key = "reasons." + verdict.reason;
      var values = Object.assign({ accepted: verdict.accepted || "", value: "", column: verdict.column || "" }, verdict.params || {});
      return h("div", { "class": "rec-returned", role: "alert" },
        h("b", null, T("record.returned_title", { what: T("activities." + event.activity), time: Fx.views.clock(Date.parse(event.occurred_at)) })),
        h("p", null, Fx.page.texts[key] ? T(key, values) : verdict.reason || ""),
        verdict.accepted ? h("p", null, T("record.accepted", { what: verdict.accepted })) : null,
        h("div", { "class": "rec-pair" },
          button(T("record.fix_time"), "", function () {
            Fx.pads.time(T("record.fix_time"), Math.min(Date.parse(event.occurred_at), Fx.queue.now()), "time", Fx.acts.station().zone).then(function (given) {
              if (!given) { return undefined; }
              var again = Fx.cases.event(one.number, event.activity, given.at, Object.assign({}, event.data, { reason: given.reason }), { event_id: event.event_id, revision: event.revision + 1 });
              if (event.voids) { again.voids = event.voids; }
              return Fx.acts.keep([again], T("record.sent_again"), null).then(function () { return Fx.queue.discard(tap.key); });
            });
          }),
          button(T("record.drop"), "rec-danger", function () { Fx.queue.discard(tap.key); })));
    });
  }
})();
