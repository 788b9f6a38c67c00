// What the Record page asks with: number pad, plate pad, reasons, choices, exact time. Each is a modal sheet that
// resolves with what was given, or null when it was put away. Every key is large enough for a gloved finger.
(function () {
  "use strict";
  var Fx = window.FxRecord = window.FxRecord || {};
  var pads = Fx.pads = {};

  // h("button", {class: "x", onclick: f, "aria-label": "…"}, child, "text", …)
  var h = Fx.h = function (kind, attributes) {
    var node = document.createElement(kind);
    Object.keys(attributes || {}).forEach(function (name) {
      var value = attributes[name];
      if (value === null || value === undefined || value === false) { return; }
      if (name === "class") { node.className = value; }
      else if (name.indexOf("on") === 0) { node.addEventListener(name.slice(2), value); }
      else { node.setAttribute(name, value === true ? "" : value); }
    });
    for (var i = 2; i < arguments.length; i++) {
      [].concat(arguments[i]).forEach(function (child) {
        if (child !== null && child !== undefined && child !== false) { node.append(child); }
      });
    }
    return node;
  };
  var T = Fx.text = function (key, values) {
    var text = Fx.page.texts[key];
    if (text === undefined) { return key; }
    return text.replace(/\{(\w+)\}/g, function (all, name) { return values && name in values ? values[name] : all; });
  };
  var button = Fx.button = function (text, style, press, more) {
    var attributes = { type: "button", "class": "rec-btn " + (style || ""), onclick: press };
    Object.keys(more || {}).forEach(function (name) { attributes[name] = more[name]; });
    return h("button", attributes, text);
  };
  Fx.tonnes = function (kg) { return (kg / 1000).toFixed(kg % 100 ? 2 : 1); };

  // A modal sheet; `fill(done)` gives its content and calls done(value).
  function sheet(title, fill) {
    return new Promise(function (resolve) {
      var value = null, dialog = h("dialog", { "class": "rec-sheet", "aria-labelledby": "rec-sheet-title" });
      function done(given) { value = given; dialog.close(); }
      dialog.append(
        h("header", null, h("h2", { id: "rec-sheet-title" }, title),
          button("×", "rec-close", function () { done(null); }, { "aria-label": T("record.cancel") })),
        h("div", { "class": "rec-sheet-body" }, fill(done, dialog)));
      dialog.addEventListener("close", function () { dialog.remove(); resolve(value); });
      document.getElementById("fx-record").append(dialog);
      dialog.showModal();
    });
  }
  pads.closeAll = function () {
    document.querySelectorAll("dialog.rec-sheet").forEach(function (dialog) { dialog.close(); });
  };

  // One of several values: [[value, label, note?], …].
  pads.choose = function (title, options, note) {
    return sheet(title, function (done) {
      return [note ? h("p", { "class": "rec-note" }, note) : null, h("div", { "class": "rec-options" },
        options.map(function (option) {
          return button([option[1], option[2] ? h("small", null, option[2]) : null], "rec-option " + (option[3] || ""),
            function () { done(option[0]); }, { "data-value": option[0] });
        }))];
    });
  };

  // A code of the list, or words of one's own.
  pads.reason = function (title, list, note) {
    return sheet(title, function (done) {
      var own = h("input", {
        "class": "rec-field", type: "text", maxlength: "120", enterkeyhint: "done",
        placeholder: T("record.reason_hint"), "aria-label": T("record.reason_own")
      });
      function give() { if (own.value.trim()) { done(own.value.trim()); } else { own.focus(); } }
      own.addEventListener("keydown", function (event) { if (event.key === "Enter") { give(); } });
      return [
        note ? h("p", { "class": "rec-note" }, note) : null,
        h("div", { "class": "rec-options" }, Fx.page.reasons[list].map(function (code) {
          return button(T("record.reason." + code), "rec-option", function () { done(code); }, { "data-value": code });
        })),
        h("div", { "class": "rec-own" }, own, button(T("record.use"), "rec-use", give))
      ];
    });
  };

  // A weight in kg. The unit is chosen by the key that keeps it; a key whose unit would be absurd stays shut.
  pads.weight = function (title, limit) {
    return sheet(title, function (done) {
      var typed = "", shown = h("output", { "class": "rec-typed" }), said = h("p", { "class": "rec-said", role: "status" });
      var keys = h("div", { "class": "rec-keys rec-digits" });
      var tonnes = button("", "rec-keep", function () { done(asKg("t")); }, { "data-unit": "t" });
      var kilos = button("", "rec-keep", function () { done(asKg("kg")); }, { "data-unit": "kg" });
      function asKg(unit) { return Math.round(Number(typed) * (unit === "t" ? 1000 : 1)); }
      function fits(unit) { var kg = asKg(unit); return typed !== "" && kg >= 500 && kg <= 200000 && (unit === "t" || typed.indexOf(".") < 0); }
      function draw() {
        shown.textContent = typed || "0";
        shown.classList.toggle("rec-empty", typed === "");
        tonnes.disabled = !fits("t");
        kilos.disabled = !fits("kg");
        tonnes.textContent = T("record.keep_t", { n: typed || "—" });
        kilos.textContent = T("record.keep_kg", { n: typed || "—" });
        var kg = fits("t") ? asKg("t") : fits("kg") ? asKg("kg") : null;
        said.className = "rec-said";
        if (limit === null || limit === undefined) { said.textContent = T("record.limit_unknown"); return; }
        if (kg === null) { said.textContent = T("record.limit_is", { limit: Fx.tonnes(limit) }); return; }
        said.classList.add(kg <= limit ? "rec-within" : "rec-over");
        said.textContent = kg <= limit ? T("record.within", { n: Fx.tonnes(kg), limit: Fx.tonnes(limit) })
          : T("record.over", { n: Fx.tonnes(kg), over: Fx.tonnes(kg - limit), limit: Fx.tonnes(limit) });
      }
      function press(key) {
        if (key === "⌫") { typed = typed.slice(0, -1); }
        else if (key === ".") { if (typed.indexOf(".") < 0) { typed = (typed || "0") + "."; } }
        else if (typed.replace(".", "").length < 6) { typed = typed === "0" ? key : typed + key; }
        draw();
      }
      ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "⌫"].forEach(function (key) {
        keys.append(button(key, "rec-key", function () { press(key); },
          { "aria-label": key === "⌫" ? T("record.erase") : key, "data-key": key }));
      });
      var body = h("div", { tabindex: "-1", "class": "rec-weight" }, shown, said, keys, h("div", { "class": "rec-pair" }, tonnes, kilos));
      body.addEventListener("keydown", function (event) {
        var key = event.key === "Backspace" ? "⌫" : event.key;
        if (/^[0-9.⌫]$/.test(key)) { event.preventDefault(); press(key); }
      });
      draw();
      return body;
    });
  };

  // A plate and its colour; both may be left out, an unread one is said so.
  pads.plate = function (plate, colour) {
    return sheet(T("record.plate_title"), function (done) {
      var typed = plate || "", chosen = colour || null;
      var shown = h("output", { "class": "rec-typed rec-plate-typed" }), keys = h("div", { "class": "rec-keys rec-letters" });
      var colours = h("div", { "class": "rec-colours", role: "group", "aria-label": T("record.colour") });
      var keep = button(T("record.keep"), "rec-primary rec-keep", function () { done({ plate: typed, colour: chosen }); });
      function draw() {
        shown.textContent = typed || T("record.plate_empty");
        shown.classList.toggle("rec-empty", typed === "");
        keep.disabled = typed.length > 0 && typed.length < 7 && typed !== Fx.page.no_plate;
        var wanted = typed === "" ? "provinces" : "letters";
        if (keys.dataset.shown !== wanted) {
          keys.dataset.shown = wanted;
          keys.replaceChildren.apply(keys, Fx.page[wanted].map(key));
        }
        // After the province comes a letter.
        keys.querySelectorAll("button").forEach(function (one) { one.disabled = typed.length === 1 && /[0-9挂]/.test(one.dataset.key); });
        colours.querySelectorAll("button").forEach(function (one) {
          one.setAttribute("aria-pressed", one.dataset.value === chosen ? "true" : "false");
        });
      }
      function key(character) {
        return button(character, "rec-key", function () { if (typed.length < 8) { typed += character; draw(); } }, { "data-key": character });
      }
      Fx.page.colours.forEach(function (code) {
        colours.append(button([h("i", { "class": "rec-chip rec-" + code, "aria-hidden": "true" }), T("colours." + code)], "rec-colour",
          function () { chosen = chosen === code ? null : code; draw(); }, { "data-value": code }));
      });
      var body = h("div", { "class": "rec-plate-pad" },
        h("div", { "class": "rec-pair rec-typed-row" }, shown,
          button("⌫", "rec-key", function () { typed = typed.slice(0, -1); draw(); }, { "aria-label": T("record.erase"), "data-key": "⌫" })),
        keys, colours,
        h("div", { "class": "rec-pair" },
          button(T("record.no_plate"), "", function () { typed = Fx.page.no_plate; draw(); }), keep));
      body.addEventListener("keydown", function (event) {
        var character = event.key === "Backspace" ? "⌫" : event.key.toUpperCase();
        if (character === "⌫") { event.preventDefault(); typed = typed.slice(0, -1); draw(); }
        else if (typed.length && typed.length < 8 && Fx.page.letters.indexOf(character) >= 0) { typed += character; draw(); }
      });
      draw();
      return body;
    });
  };

  // An exact instant in the station's zone, with the reason why it is not now.
  pads.time = function (title, at, list, zone) {
    return sheet(title, function (done) {
      var field = h("input", { "class": "rec-field", type: "datetime-local", step: "60", value: local(at, zone), "aria-label": title });
      var wrong = h("p", { "class": "rec-said", role: "status" });
      var given = null;
      field.addEventListener("input", function () { wrong.textContent = ""; });
      function give(reason) {
        given = instant(field.value, zone);
        if (given === null) { wrong.textContent = T("record.time_missing"); field.focus(); return; }
        if (given > Fx.queue.now() + Fx.page.ahead_s * 1000) { wrong.textContent = T("record.time_ahead"); field.focus(); return; }
        done({ at: given, reason: reason });
      }
      var own = h("input", { "class": "rec-field", type: "text", maxlength: "120", placeholder: T("record.reason_hint"), "aria-label": T("record.reason_own") });
      return [field, wrong, h("p", { "class": "rec-note" }, T("record.why_time")),
        h("div", { "class": "rec-options" }, Fx.page.reasons[list].map(function (code) {
          return button(T("record.reason." + code), "rec-option", function () { give(code); }, { "data-value": code });
        })),
        h("div", { "class": "rec-own" }, own, button(T("record.use"), "rec-use", function () {
          if (own.value.trim()) { give(own.value.trim()); } else { own.focus(); }
        }))];
    });
  };

  function parts(at, zone) {
    var found = {};
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit"
    }).formatToParts(new Date(at)).forEach(function (part) { found[part.type] = part.value; });
    return found;
  }
  function local(at, zone) {
    var p = parts(at, zone);
    return p.year + "-" + p.month + "-" + p.day + "T" + p.hour + ":" + p.minute;
  }
  // The wall clock of the zone as an instant: read as UTC, then moved by the zone's offset there.
  function instant(text, zone) {
    var read = Date.parse(text + ":00Z");
    if (isNaN(read)) { return null; }
    var guess = read - offsetAt(read, zone);
    return read - offsetAt(guess, zone);
  }
  function offsetAt(at, zone) {
    var p = parts(at, zone);
    return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(at / 1000) * 1000;
  }
  Fx.clock = function (at, zone) { var p = parts(at, zone); return p.hour + ":" + p.minute; };
  Fx.moment = function (at, zone) {
    var p = parts(at, zone), today = parts(Fx.queue.now(), zone);
    if (p.day === today.day && p.month === today.month) { return p.hour + ":" + p.minute; }
    return T("record.day_time", { month: Number(p.month), day: Number(p.day), time: p.hour + ":" + p.minute });
  };
})();
