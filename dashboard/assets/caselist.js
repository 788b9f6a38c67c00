// Cells of the list of cases that are more than text, and the way to read it anew when the filter has changed.
(function () {
  "use strict";
  var cells = window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
  function make() { return window.React.createElement.apply(null, arguments); }

  // The sign and its word.
  cells.FxState = function (props) {
    if (!props.data) { return null; }
    return make("span", { className: "fx-cell-state fx-cell-" + props.data.mark },
      make("i", { className: "fx-shape fx-shape-" + props.data.sign, "aria-hidden": "true" }), props.value);
  };
  // A real link, for the keyboard and for a new tab; a plain click goes by the row, without loading anew.
  cells.FxCase = function (props) {
    if (!props.data) { return null; }
    return make("a", {
      href: props.data.address,
      onClick: function (event) {
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); }
      }
    }, props.value);
  };

  // The grid gives the focus to cells, not to what is in them: Enter there does what a click does.
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches(".fx-case-grid .ag-cell")) { event.target.click(); }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.fx_cases = {
    purge: function () {
      var api = window.dash_ag_grid && window.dash_ag_grid.getApi("fx-cases-grid");
      if (api) {
        api.ensureIndexVisible && api.getDisplayedRowCount() && api.ensureIndexVisible(0);
        api.purgeInfiniteCache();
      }
      return window.dash_clientside.no_update;
    }
  };
})();
