"use strict";
// A press on a head sorts its table, by numbers where the cells hold them; the box above a table filters its rows.
document.querySelectorAll("table").forEach((table) => {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, place) => head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => { const cell = row.cells[place];
      return cell === undefined ? "" : cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v); };
    const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b);
    [...body.rows].sort((a, b) => (down ? -1 : 1) * order(key(a), key(b))).forEach((row) => body.append(row));
  }));
});
document.querySelectorAll("input[data-table]").forEach((box) => {
  const rows = [...document.getElementById("table-" + box.dataset.table).tBodies[0].rows];
  const told = box.closest(".table").querySelector("output"), words = told.dataset.rows;
  const show = () => {
    const wanted = box.value.trim().toLowerCase();
    rows.forEach((row) => { row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted); });
    told.textContent = words.replace("{shown}", rows.filter((row) => !row.hidden).length).replace("{all}", rows.length);
  };
  box.addEventListener("input", show);
  show();
});
