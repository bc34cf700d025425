(function () {
  "use strict";
  var main = document.querySelector("main[data-root]"), root = main.dataset.root;
  var site = { entries: null, waiting: {} };
  function load(path, name, take) {
    site.waiting[name] = take;
    var script = document.createElement("script");
    script.src = root + path;
    script.onerror = function () { document.getElementById("count").textContent = "The archive's data could not be read."; };
    document.body.append(script);
  }
  window.reportgenSite = {
    briefs: function (data) { site.waiting.briefs(data); },
    words: function (data) { site.waiting.words(data); },
    facts: function (data) { site.waiting[data.key](data.rows); }
  };
  function element(name, text, className) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function option(value, text) {
    var made = element("option", text);
    made.value = value;
    return made;
  }

  function item(entry) {
    var li = element("li"), title = element("h3"), link = element("a", entry[3]);
    link.href = root + "briefs/" + entry[0] + "/index.html";
    title.append(link);
    li.append(element("p", entry[2] + " · " + entry[1] + " · " + entry[5], "kicker"), title, element("p", entry[4]));
    return li;
  }
  function searching(form, data) {
    var found = document.getElementById("found"), all = document.getElementById("all"), count = document.getElementById("count"), index = null;
    var listed = data.entries.filter(function () { return true; }), most = 100;
    data.symbols.map(function (s, i) { return [i, s[1] === s[0] ? s[0] : s[1] + " (" + s[0] + ")"]; })
      .sort(function (a, b) { return a[1].localeCompare(b[1]); })
      .forEach(function (s) { form.symbol.append(option(s[0], s[1])); });
    function holding(word) {
      // The words are in order: those that begin with what was typed stand side by side. A number is meant as it is.
      var low = 0, high = index.words.length, hits = new Set();
      while (low < high) { var middle = (low + high) >> 1; if (index.words[middle] < word) low = middle + 1; else high = middle; }
      var number = /^\d/.test(word);
      for (; low < index.words.length && (number ? index.words[low] === word : index.words[low].startsWith(word)); low++) {
        var at = 0;
        index.steps[low].forEach(function (step) { at += step; hits.add(at); });
      }
      return hits;
    }
    function show() {
      var words = (form.words.value.toLowerCase().match(/[a-z]+|\d[\d,]*(?:\.\d+)?/g) || []).map(function (word) { return word.replace(/,/g, ""); }), symbol = form.symbol.value;
      var asked = words.length > 0 || symbol !== "";
      found.hidden = !asked;
      all.hidden = asked;
      if (!asked) { count.textContent = ""; return; }
      var sets = words.map(holding);
      var hits = listed.filter(function (entry, number) {
        return sets.every(function (set) { return set.has(number); }) && (symbol === "" || entry[6].indexOf(+symbol) >= 0);
      });
      found.firstElementChild.replaceChildren.apply(found.firstElementChild, hits.slice(0, most).map(item));
      count.textContent = hits.length + (hits.length === 1 ? " brief" : " briefs") + (hits.length > most ? "; the newest " + most + " are shown" : "");
    }
    load("words.js", "words", function (words) {
      index = words;
      form.addEventListener("input", show);
      form.addEventListener("submit", function (event) { event.preventDefault(); });
      form.hidden = false;
      show();
    });
  }

  function comparing(form, data) {
    var count = document.getElementById("count"), place = document.getElementById("facts"), known = {};
    data.entries.forEach(function (entry) {
      known[entry[0]] = entry;
      [form.one, form.other].forEach(function (select) { select.append(option(entry[0], entry[2] + " · " + entry[1])); });
    });
    function asked() {
      var keys = decodeURIComponent(location.hash.slice(1)).split(",").filter(function (key) { return Object.hasOwn(known, key); });
      var one = keys[0] || data.entries[0][0], report = one.split("/")[0];
      var before = data.entries.filter(function (entry) { return entry[0].split("/")[0] === report && entry[2] !== known[one][2]; });
      form.one.value = one;
      form.other.value = keys[1] || (before[0] || data.entries[data.entries.length - 1])[0];
      show();
    }
    function show() {
      var keys = [form.one.value, form.other.value], told = {};
      keys.forEach(function (key) {
        load("briefs/" + key + "/facts.js", key, function (rows) {
          told[key] = rows;
          if (keys.every(function (k) { return told[k]; }) && keys[0] === form.one.value && keys[1] === form.other.value) table(keys, told);
        });
      });
    }
    function table(keys, told) {
      var rows = {}, order = [], differ = 0;
      keys.forEach(function (key, side) {
        told[key].forEach(function (fact) {
          if (!Object.hasOwn(rows, fact[0])) { rows[fact[0]] = { whose: fact[1], what: fact[2], sides: [] }; order.push(fact[0]); }
          rows[fact[0]].sides[side] = fact;
        });
      });
      var made = element("table", "", "figures facts"), head = element("tr"), body = element("tbody"), last = "";
      head.append(element("td"));
      keys.forEach(function (key) { var th = element("th", known[key][2]); th.scope = "col"; head.append(th); });
      made.append(element("caption", known[keys[0]][1] + (known[keys[0]][1] === known[keys[1]][1] ? "" : " and " + known[keys[1]][1])), element("thead"), body);
      made.tHead.append(head);
      var whose = order.map(function (id) { return rows[id].whose; });
      order.sort(function (a, b) { return whose.indexOf(rows[a].whose) - whose.indexOf(rows[b].whose); }).forEach(function (id) {
        var row = rows[id], tr = element("tr"), th = element("th", row.what), both = row.sides[0] && row.sides[1];
        if (row.whose !== last) {
          var first = element("tr", "", "whose"), cell = element("th", row.whose);
          cell.scope = "rowgroup";
          cell.colSpan = 3;
          first.append(cell);
          body.append(first);
          last = row.whose;
        }
        th.scope = "row";
        tr.append(th);
        if (both && row.sides[0][3] !== row.sides[1][3]) { differ++; tr.className = "other"; }
        [0, 1].forEach(function (side) { tr.append(element("td", row.sides[side] ? row.sides[side][3] : "–")); });
        body.append(tr);
      });
      place.replaceChildren(made);
      count.textContent = order.length + " figures, " + differ + " of them different";
    }
    form.addEventListener("change", function () { history.replaceState(null, "", "#" + form.one.value + "," + form.other.value); show(); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    window.addEventListener("hashchange", asked);
    form.hidden = false;
    asked();
  }

  load("briefs.js", "briefs", function (data) {
    var search = document.getElementById("search"), compare = document.getElementById("compare");
    if (search) searching(search, data);
    if (compare) comparing(compare, data);
  });
})();
