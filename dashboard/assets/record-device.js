// Where the Record page keeps taps and what it last heard: IndexedDB, or localStorage where that is refused.
// A tap counts as kept only once its transaction is complete.
(function () {
  "use strict";
  var Fx = window.FxRecord = window.FxRecord || {};
  var NAME = "fangxing-record", TAP = "fx-record-tap:", KEPT = "fx-record-kept:";

  function opened() {
    return new Promise(function (resolve, reject) {
      if (!window.indexedDB) { reject(new Error("no IndexedDB")); return; }
      var request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("taps", { keyPath: "key" });
        request.result.createObjectStore("kept");
      };
      request.onsuccess = function () {
        request.result.onversionchange = function () { request.result.close(); };
        resolve(request.result);
      };
      request.onerror = function () { reject(request.error); };
      request.onblocked = function () { reject(new Error("blocked")); };
    });
  }

  function inBase(base) {
    function run(store, mode, act) {
      return new Promise(function (resolve, reject) {
        var work = base.transaction(store, mode, { durability: "strict" });
        var request = act(work.objectStore(store));
        work.oncomplete = function () { resolve(request ? request.result : undefined); };
        work.onabort = work.onerror = function () { reject(work.error); };
      });
    }
    return {
      taps: function () { return run("taps", "readonly", function (taps) { return taps.getAll(); }); },
      put: function (items) {
        return run("taps", "readwrite", function (taps) { items.forEach(function (item) { taps.put(item); }); });
      },
      remove: function (keys) {
        return run("taps", "readwrite", function (taps) { keys.forEach(function (key) { taps.delete(key); }); });
      },
      read: function (name) { return run("kept", "readonly", function (kept) { return kept.get(name); }); },
      write: function (name, value) {
        return run("kept", "readwrite", function (kept) { kept.put(value, name); });
      }
    };
  }

  function inStorage() {
    function later(act) { return new Promise(function (resolve) { resolve(act()); }); }
    return {
      taps: function () {
        return later(function () {
          return Object.keys(localStorage).filter(function (key) { return key.indexOf(TAP) === 0; })
            .map(function (key) { return JSON.parse(localStorage.getItem(key)); });
        });
      },
      put: function (items) {
        return later(function () {
          items.forEach(function (item) { localStorage.setItem(TAP + item.key, JSON.stringify(item)); });
        });
      },
      remove: function (keys) {
        return later(function () { keys.forEach(function (key) { localStorage.removeItem(TAP + key); }); });
      },
      read: function (name) {
        return later(function () { return JSON.parse(localStorage.getItem(KEPT + name) || "null"); });
      },
      write: function (name, value) {
        return later(function () { localStorage.setItem(KEPT + name, JSON.stringify(value)); });
      }
    };
  }

  var chosen = null;
  function store() {
    if (!chosen) { chosen = opened().then(inBase, inStorage); }
    return chosen;
  }
  function through(name) {
    return function () {
      var given = arguments;
      return store().then(function (found) { return found[name].apply(found, given); });
    };
  }

  Fx.store = {};
  ["taps", "put", "remove", "read", "write"].forEach(function (name) { Fx.store[name] = through(name); });

  // crypto.randomUUID exists on https and loopback only; a station may reach the server by another way.
  Fx.uuid = function () {
    if (window.crypto && crypto.randomUUID) { return crypto.randomUUID(); }
    var bytes = new Uint8Array(16);
    if (window.crypto && crypto.getRandomValues) {
      crypto.getRandomValues(bytes);
    } else {
      for (var i = 0; i < 16; i++) { bytes[i] = Math.floor(Math.random() * 256); }
    }
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return (b < 16 ? "0" : "") + b.toString(16); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  // What is small and wanted at once: device, chosen station, difference of the clocks.
  Fx.remembered = function (name) {
    try { return localStorage.getItem("fx-record-" + name); } catch (refused) { return null; }
  };
  Fx.remember = function (name, value) {
    try { localStorage.setItem("fx-record-" + name, String(value)); } catch (refused) { Fx.forgetful = true; }
  };
  Fx.device = function () {
    var known = Fx.remembered("device") || Fx.unnamed;
    if (!known) {
      known = Fx.unnamed = Fx.uuid();
      Fx.remember("device", known);
    }
    return known;
  };
})();
