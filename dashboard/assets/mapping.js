// A file dropped on the Data page, or chosen there, goes to the server as it is and its page opens.
(function () {
  "use strict";
  function area() { return document.getElementById("fx-drop"); }

  function say(place, key) {
    var said = place.querySelector(".fx-drop-said");
    said.textContent = key ? place.getAttribute("data-" + key) : "";
    place.classList.toggle("fx-drop-failed", key !== "sending" && Boolean(key));
    place.setAttribute("aria-busy", key === "sending" ? "true" : "false");
  }

  function send(place, file) {
    if (file.size > Number(place.getAttribute("data-most"))) { say(place, "large"); return; }
    if (!file.size) { say(place, "blank"); return; }
    say(place, "sending");
    fetch("/api/v1/dropped?name=" + encodeURIComponent(file.name), {
      method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file
    }).then(function (answer) {
      return answer.json().then(function (told) {
        if (answer.ok) { window.location.assign(told.address); return; }
        say(place, answer.status === 413 ? "large" : answer.status === 422 ? "blank" : "failed");
      });
    }).catch(function () { say(place, "failed"); });
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("#fx-drop-choose")) { return; }
    var place = area();
    var input = document.createElement("input");
    input.type = "file";
    input.addEventListener("change", function () { if (input.files.length) { send(place, input.files[0]); } });
    input.click();
  });

  // A file let go beside the area would make the browser leave the page.
  ["dragover", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var place = area();
      var files = event.dataTransfer && event.dataTransfer.types;
      if (!place || !files || Array.prototype.indexOf.call(files, "Files") < 0) { return; }
      event.preventDefault();
      place.classList.toggle("fx-drop-over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { send(place, event.dataTransfer.files[0]); }
    });
  });
  document.addEventListener("dragleave", function (event) {
    var place = area();
    if (place && !event.relatedTarget) { place.classList.remove("fx-drop-over"); }
  });
})();
