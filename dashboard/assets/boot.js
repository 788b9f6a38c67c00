// Runs before the first paint, so that a page never flashes in the wrong light.
// The server writes a chosen theme into <html>; without a choice the reader's screen decides.
(function () {
  "use strict";
  var root = document.documentElement;
  var asked = new URLSearchParams(location.search);
  var theme = asked.get("theme");
  if (asked.get("wall") === "1") {
    theme = "dark";
    root.classList.add("fx-on-wall");
  }
  if (theme !== "light" && theme !== "dark") {
    theme = root.getAttribute("data-mantine-color-scheme");
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-mantine-color-scheme", theme);
})();
