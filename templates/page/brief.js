(function () {
  "use strict";
  var origin = document.getElementById("origin");
  function hide() { origin.hidden = true; }
  function show(link) {
    var box = link.getBoundingClientRect();
    origin.textContent = link.dataset.origin;
    origin.hidden = false;
    var left = Math.min(box.left + window.scrollX, document.documentElement.clientWidth - origin.offsetWidth - 12);
    origin.style.left = Math.max(12, left) + "px";
    origin.style.top = box.bottom + window.scrollY + 6 + "px";
  }
  document.querySelectorAll("a.fact").forEach(function (link) {
    var shownFor = null;
    link.addEventListener("pointerenter", function (e) { if (e.pointerType === "mouse") show(link); });
    link.addEventListener("pointerleave", function (e) { if (e.pointerType === "mouse") hide(); });
    link.addEventListener("focus", function () { show(link); });
    link.addEventListener("blur", function () { shownFor = null; hide(); });
    link.addEventListener("click", function (e) {
      if (e.pointerType === "touch" && shownFor !== link) { e.preventDefault(); shownFor = link; show(link); return; }
      hide();
      var appendix = document.getElementById("appendix");
      if (appendix) appendix.open = true;
    });
  });
  document.addEventListener("keydown", function (e) { if (e.key === "Escape") hide(); });
  function reveal() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.closest("details")) { target.closest("details").open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  // Vega-Lite asks the cell around a point, which has no name, where it should ask the point in it.
  function named(vega) {
    vega.marks.forEach(function (mark) {
      var tip = /_voronoi$/.test(mark.name || "") && mark.encode.update.tooltip;
      if (tip && tip.signal) tip.signal = tip.signal.replace(/(datum\.)?datum\[/g, "datum.datum[");
    });
    return vega;
  }
  var options = { patch: named, actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true }, loader: { load: function () { return Promise.reject(new Error("no network")); } } };
  function rowsOf(table) {
    return Array.isArray(table) ? table : table.rows.map(function (row) {
      var named = {};
      table.keys.forEach(function (key, i) { named[key] = row[i]; });
      return named;
    });
  }
  function draw(figure) {
    var data = figure.querySelector("script");
    if (!window.vegaEmbed || !data) return;
    var specs = JSON.parse(data.textContent);
    Object.keys(specs.spec.datasets || {}).forEach(function (name) { specs.spec.datasets[name] = rowsOf(specs.spec.datasets[name]); });
    var chart = figure.querySelector(".chart");
    ["wide", "narrow"].forEach(function (size) {
      var place = chart.querySelector("." + size);
      if (getComputedStyle(place).display === "none" || place.dataset.live) return;
      place.dataset.live = "1";
      var stage = document.createElement("div");
      stage.className = "stage";
      window.vegaEmbed(stage, Object.assign({}, specs.spec, specs[size]), options).then(function () {
        var drawn = stage.querySelector("svg");
        drawn.removeAttribute("style");
        // The figure around it speaks for the drawing: its parts have no roles of their own.
        drawn.querySelectorAll("[role]").forEach(function (part) { ["role", "aria-label", "aria-roledescription"].forEach(function (name) { part.removeAttribute(name); }); });
        drawn.setAttribute("focusable", "false");
        place.replaceChildren(stage);
      }).catch(function (error) { console.error(figure.id + ": " + error.message); });
    });
  }
  function drawAll() { document.querySelectorAll("figure").forEach(draw); }
  // Vega measures words: it must not start before the faces that it measures in are there.
  Promise.all(["400 12px 'IBM Plex Sans'", "600 12px 'IBM Plex Sans'"].map(function (face) { return document.fonts.load(face); })).then(drawAll, drawAll);
  window.matchMedia("(max-width: 640px)").addEventListener("change", drawAll);
})();
