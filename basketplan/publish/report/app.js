/* The report's script: the map's layers, search, details, and tables that sort. */
"use strict";
(function () {
  document.documentElement.classList.add("js");
  const data = JSON.parse(document.getElementById("data").textContent), words = data.words, D = 1e5;
  const byId = (id) => document.getElementById(id);
  const make = (name, text, kind) => { const it = document.createElement(name); if (text !== undefined) it.textContent = text; if (kind) it.className = kind; return it; };
  tables();
  if (!byId("map")) return;
  PlanMap.words = words;

  const homes = data.homes, count = homes ? homes.id.length : 0, trips = data.trips || [];
  const fixed = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a5195", "#8a6d1d", "#2f4b7c", "#5c8a00", "#a23b72", "#4d4d4d"];
  const colour = (k) => k < fixed.length ? fixed[k] : "hsl(" + Math.round(k * 137.508 % 360) + " 60% " + (36 + k % 3 * 9) + "%)";
  const state = { mode: homes ? "day" : "coop", only: new Set(), trips: true, coops: !homes, left: false, home: -1, trip: -1, coop: -1 };

  const kinds = homes ? {
    day: { names: data.days, of: (h) => trips[homes.trip[h]][1] },
    unit: { names: data.units, of: (h) => trips[homes.trip[h]][3] },
    hub: { names: data.hubs.map((hub) => hub[1]), of: (h) => trips[homes.trip[h]][2] },
    zone: { names: data.zones.map((zone) => zone || words.nozone), of: (h) => homes.zone[h], all: true },
    coop: { names: data.coops.map((coop) => coop[1]) },
  } : {};
  const givers = []; // household → set of cooperatives
  for (let h = 0; h < count; h++) {
    const found = new Set();
    for (const mixture of homes.baskets[h]) for (let k = 2; k < data.mixtures[mixture].length; k += 3) found.add(data.mixtures[mixture][k]);
    givers.push(found);
  }
  const served = (h) => homes.trip[h] >= 0;
  const category = (h) => !served(h) && !kinds[state.mode].all ? -1 : kinds[state.mode].of(h);
  function paint(h) { // colour of a household, "" where it is not shown
    if (state.left) return served(h) ? "" : "#b3261e";
    if (!served(h) && state.mode !== "zone") return "#b3261e";
    if (state.mode === "coop") {
      for (const coop of state.only) if (givers[h].has(coop)) return colour(coop);
      return state.only.size ? "#d3dad6" : "#8fa098";
    }
    const k = category(h);
    return state.only.size && !state.only.has(k) ? "" : colour(k);
  }
  const tripPaint = (trip) => state.mode === "day" ? trip[1] : state.mode === "unit" ? trip[3] : state.mode === "hub" ? trip[2] : -1;

  function draw(pen, sx, sy, view) {
    const seen = (x, y) => x > -20 && y > -20 && x < view.width + 20 && y < view.height + 20;
    const line = (t, style, wide) => {
      const hub = data.hubs[trips[t][2]], x = sx(hub[3] / D), y = sy(hub[2] / D);
      pen.beginPath(); pen.moveTo(x, y);
      for (const h of trips[t][9]) pen.lineTo(sx(homes.lon[h] / D), sy(homes.lat[h] / D));
      pen.lineTo(x, y); pen.strokeStyle = style; pen.lineWidth = wide; pen.lineJoin = "round"; pen.stroke();
    };
    if (state.trips && !state.left && homes) {
      pen.globalAlpha = state.trip >= 0 ? .12 : .4;
      trips.forEach((trip, t) => {
        const k = tripPaint(trip);
        if (k < 0) line(t, "#b9c4be", 1); else if (!state.only.size || state.only.has(k)) line(t, colour(k), 1.2);
      });
      pen.globalAlpha = 1;
    }
    if (state.trip >= 0) { line(state.trip, "#fff", 6); line(state.trip, "#1c2a24", 2.5); }
    const size = view.scale > 9000 ? 5 : view.scale > 2500 ? 3.6 : view.scale > 700 ? 2.8 : 2.2;
    for (let h = 0; h < count; h++) {
      const style = paint(h), x = sx(homes.lon[h] / D), y = sy(homes.lat[h] / D);
      if (!style || !seen(x, y)) continue;
      pen.fillStyle = style;
      pen.beginPath(); pen.arc(x, y, size, 0, 7); pen.fill();
      if (!served(h)) { pen.strokeStyle = "#b3261e"; pen.lineWidth = 2; pen.beginPath(); pen.arc(x, y, size + 3.5, 0, 7); pen.stroke(); }
    }
    if (state.trip >= 0 && view.scale > 25000) {
      pen.font = "bold 11px sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
      trips[state.trip][9].forEach((h, n) => {
        const x = sx(homes.lon[h] / D), y = sy(homes.lat[h] / D);
        pen.fillStyle = "#1c2a24"; pen.beginPath(); pen.arc(x, y, 9, 0, 7); pen.fill();
        pen.fillStyle = "#fff"; pen.fillText(String(n + 1), x, y + .5);
      });
      pen.textAlign = "left"; pen.textBaseline = "alphabetic";
    }
    if (state.coops) data.coops.forEach((coop, k) => {
      const x = sx(coop[3] / D), y = sy(coop[2] / D), big = state.only.has(k) && state.mode === "coop" || state.coop === k ? 9 : 6;
      if (!seen(x, y)) return;
      pen.fillStyle = state.mode === "coop" ? colour(k) : "#c98a1b"; pen.strokeStyle = "#fff"; pen.lineWidth = 1.5;
      pen.beginPath(); pen.moveTo(x, y - big); pen.lineTo(x + big, y + big * .8); pen.lineTo(x - big, y + big * .8); pen.closePath(); pen.fill(); pen.stroke();
    });
    const taken = [];
    for (const hub of data.hubs) {
      const x = sx(hub[3] / D), y = sy(hub[2] / D);
      let low = y + 4; // a label goes below the ones that it would hide
      while (taken.some(([left, top]) => Math.abs(left - x) < 110 && Math.abs(top - low) < 14)) low += 14;
      taken.push([x, low]);
      pen.fillStyle = "#1c2a24"; pen.strokeStyle = "#fff"; pen.lineWidth = 2;
      pen.beginPath(); pen.rect(x - 7, y - 7, 14, 14); pen.fill(); pen.stroke();
      pen.font = "bold 12px sans-serif"; pen.lineWidth = 3; pen.strokeText(hub[1], x + 11, low); pen.fillText(hub[1], x + 11, low);
    }
    if (state.home >= 0) {
      const x = sx(homes.lon[state.home] / D), y = sy(homes.lat[state.home] / D);
      pen.strokeStyle = "#1c2a24"; pen.lineWidth = 3; pen.beginPath(); pen.arc(x, y, size + 7, 0, 7); pen.stroke();
    }
  }
  function pick(x, y, sx, sy) {
    let best = 14, what = null;
    const near = (lat, lon, act, bonus) => { const far = Math.hypot(sx(lon / D) - x, sy(lat / D) - y) - bonus; if (far < best) { best = far; what = act; } };
    for (let h = 0; h < count; h++) if (paint(h)) near(homes.lat[h], homes.lon[h], () => showHome(h), 0);
    if (state.coops) data.coops.forEach((coop, k) => near(coop[2], coop[3], () => showCoop(k), 2));
    if (what) what(); else clear();
  }
  const map = PlanMap(byId("map"), draw, pick);

  const clock = (s) => String(Math.floor((s + 30) / 3600)).padStart(2, "0") + ":" + String(Math.floor((s + 30) / 60) % 60).padStart(2, "0");
  const ltr = (text) => "\u2066" + text + "\u2069";
  function panel(title, rows) {
    const box = byId("details"); box.textContent = "";
    const head = make("h3"), name = make("bdi", title), close = make("button", "×", "close");
    close.type = "button"; close.addEventListener("click", clear); head.append(name, close);
    const list = make("dl");
    for (const [key, value] of rows) if (value !== "" && value !== null && value !== undefined) {
      const told = make("dd");
      if (value instanceof Node) told.append(value); else told.textContent = value;
      list.append(make("dt", key), told);
    }
    box.append(head, list);
    return box;
  }
  const link = (text, act) => { const it = make("button", text, "link"); it.type = "button"; it.addEventListener("click", act); return it; };
  function clear() { state.home = state.trip = state.coop = -1; byId("details").textContent = ""; map.later(); }
  function showHome(h, move) {
    clear(); state.home = h; state.trip = homes.trip[h];
    const trip = trips[state.trip], why = homes.why[h] >= 0 ? data.why[homes.why[h]] : ["", ""], windows = homes.windows[h] || [];
    const spans = []; for (let k = 0; k < windows.length; k += 2) spans.push(clock(windows[k]) + "–" + clock(windows[k + 1]));
    const box = panel(homes.id[h], [
      [words.zone, data.zones[homes.zone[h]]], [words.landmark, homes.landmark ? homes.landmark[h] : ""],
      [words.trip, trip ? link(trip[0], () => showTrip(homes.trip[h])) : ""], [words.stop, trip ? ltr(homes.stop[h] + " / " + trip[9].length) : ""],
      [words.day, trip ? data.days[trip[1]] : ""], [words.unit, trip ? ltr(data.units[trip[3]]) : ""],
      [words.arrival, trip && homes.arrive[h] ? clock(homes.arrive[h]) : ""], [words.windows, spans.length ? ltr(spans.join(", ")) : ""],
      [words.why, why[0]], [words.remedy, why[1]],
    ]);
    for (const mixture of homes.baskets[h]) {
      const parts = data.mixtures[mixture], list = make("ul");
      for (let k = 1; k < parts.length; k += 3) {
        const item = make("li"), coop = parts[k + 1];
        item.append(data.products[parts[k]] + " × " + parts[k + 2] + ", ", link(data.coops[coop][1], () => showCoop(coop)));
        list.append(item);
      }
      box.append(make("strong", data.types[parts[0]]), list);
    }
    if (move) map.go(homes.lat[h] / D, homes.lon[h] / D, 40000);
    map.later();
  }
  function showTrip(t) {
    clear(); state.trip = t;
    const trip = trips[t], hub = data.hubs[trip[2]];
    panel(trip[0], [
      [words.day, data.days[trip[1]]], [words.hub, hub[1]], [words.unit, ltr(data.units[trip[3]])], [words.departure, clock(trip[5])], [words.return, clock(trip[6])],
      [words.stops, String(trip[9].length)], [words.baskets, String(trip[8])], [words.road, (trip[7] / 1000).toFixed(1) + " " + words.km],
    ]);
    map.fit([[hub[2] / D, hub[3] / D]].concat(trip[9].map((h) => [homes.lat[h] / D, homes.lon[h] / D])));
  }
  function showCoop(k) {
    clear(); state.coop = k;
    const coop = data.coops[k];
    const gets = givers.filter((found) => found.has(k)).length;
    panel(coop[1], [[words.coop, coop[0]], [words.town, coop[4]], [words.homes, homes ? String(gets) : ""]]);
    if (homes) { state.mode = "coop"; byId("mode").value = "coop"; state.only = new Set([k]); legend(); }
    map.later();
  }

  function legend() {
    const box = byId("legend"); box.textContent = "";
    if (!homes) { data.coops.forEach((coop, k) => entry(box, k, coop[1], "", colour(k), () => { showCoop(k); map.go(coop[2] / D, coop[3] / D, 400); })); return; }
    const kind = kinds[state.mode], total = kind.names.map(() => 0);
    let left = 0;
    for (let h = 0; h < count; h++) {
      if (!served(h)) left++;
      if (state.mode === "coop") for (const coop of givers[h]) total[coop]++;
      else { const k = category(h); if (k >= 0) total[k]++; }
    }
    if (state.mode === "coop" && !state.only.size) box.append(make("p", words.pick));
    kind.names.forEach((name, k) => total[k] && entry(box, k, name, String(total[k]), colour(k), () => {
      const had = state.only.has(k);
      if (state.mode === "coop") state.only.clear();
      if (had) state.only.delete(k); else state.only.add(k);
      legend(); map.later();
    }));
    if (left && state.mode !== "zone") entry(box, -1, words.left, String(left), "#b3261e", () => { byId("show-left").click(); });
  }
  function entry(box, k, name, number, style, act) {
    const it = make("button"), dot = make("span", undefined, "dot"), label = make("bdi", name);
    it.type = "button"; dot.style.background = style;
    it.setAttribute("aria-pressed", String(k < 0 ? state.left : state.only.has(k)));
    it.append(dot, label, make("span", number, "count")); it.addEventListener("click", act); box.append(it);
  }

  function find(text) {
    const key = text.trim().toLowerCase(), hits = [];
    if (!key) return;
    const exact = homes ? homes.id.findIndex((id) => id.toLowerCase() === key) : -1;
    if (exact >= 0) return showHome(exact, true);
    trips.forEach((trip, t) => { if (trip[0].toLowerCase() === key) hits.push([trip[0], () => showTrip(t)]); });
    if (hits.length === 1) return hits[0][1]();
    if (homes) homes.id.forEach((id, h) => { if (hits.length < 12 && id.toLowerCase().includes(key)) hits.push([id, () => showHome(h, true)]); });
    trips.forEach((trip, t) => { if (hits.length < 12 && trip[0].toLowerCase().includes(key)) hits.push([trip[0], () => showTrip(t)]); });
    data.coops.forEach((coop, k) => { if (hits.length < 16 && (coop[0] + " " + coop[1]).toLowerCase().includes(key)) hits.push([coop[1], () => { showCoop(k); map.go(coop[2] / D, coop[3] / D, 400); }]); });
    if (hits.length === 1) return hits[0][1]();
    const box = panel(hits.length ? words.found : words.none, []), list = make("ul");
    for (const [name, act] of hits) { const item = make("li"); item.append(link(name, act)); list.append(item); }
    box.append(list);
  }

  const on = (id, kind, act) => { const it = byId(id); if (it) it.addEventListener(kind, act); };
  on("mode", "change", (event) => { state.mode = event.target.value; state.only.clear(); legend(); map.later(); });
  on("show-trips", "change", (event) => { state.trips = event.target.checked; map.later(); });
  on("show-coops", "change", (event) => { state.coops = event.target.checked; map.later(); });
  on("show-left", "change", (event) => { state.left = event.target.checked; legend(); map.later(); });
  on("search", "submit", (event) => { event.preventDefault(); find(byId("query").value); });
  on("nearer", "click", () => map.zoom(1.6));
  on("farther", "click", () => map.zoom(1 / 1.6));
  const everything = () => {
    const points = data.hubs.map((hub) => [hub[2] / D, hub[3] / D]);
    for (let h = 0; h < count; h++) points.push([homes.lat[h] / D, homes.lon[h] / D]);
    if (!homes || state.coops) for (const coop of data.coops) points.push([coop[2] / D, coop[3] / D]);
    map.fit(points);
  };
  const around = (k) => {
    const points = [[data.hubs[k][2] / D, data.hubs[k][3] / D]];
    for (const trip of trips) if (trip[2] === k) for (const h of trip[9]) points.push([homes.lat[h] / D, homes.lon[h] / D]);
    map.fit(points);
  };
  on("whole", "click", everything);
  on("place", "change", (event) => { if (event.target.value === "") everything(); else around(Number(event.target.value)); });

  legend();
  everything();
  const busiest = data.hubs.map((hub, k) => trips.filter((trip) => trip[2] === k).reduce((sum, trip) => sum + trip[9].length, 0));
  const lats = homes ? homes.lat.slice().sort((a, b) => a - b) : [];
  if (lats.length && lats[lats.length - 1] - lats[0] > 1.2 * D) { // regions far apart: begin with the largest
    const k = busiest.indexOf(Math.max(...busiest)); around(k); byId("place").value = String(k);
  }
  const hash = () => { const key = decodeURIComponent(location.hash.slice(1)); if (key && !document.getElementById(key)) find(key); };
  window.addEventListener("hashchange", hash);
  hash();
  const paper = () => map.paper(byId("paper"));
  window.addEventListener("beforeprint", paper);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
  setTimeout(paper, 0); // some browsers print without telling before

  function tables() {
    for (const table of document.querySelectorAll("table.sortable")) {
      const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
      heads.forEach((head, k) => {
        const sort = () => {
          const down = head.getAttribute("aria-sort") === "descending" || !head.classList.contains("figure") && !head.hasAttribute("aria-sort");
          const key = (row) => { const cell = row.cells[k]; return cell.dataset.key !== undefined ? Number(cell.dataset.key) : cell.textContent; };
          const rows = [...body.rows].map((row) => [key(row), row]);
          rows.sort((a, b) => typeof a[0] === "number" && typeof b[0] === "number" ? a[0] - b[0] : String(a[0]).localeCompare(String(b[0]), document.documentElement.lang, { numeric: true }));
          if (!down) rows.reverse();
          heads.forEach((other) => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", down ? "ascending" : "descending");
          body.append(...rows.map((row) => row[1]));
        };
        head.tabIndex = 0;
        head.addEventListener("click", sort);
        head.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); } });
      });
    }
  }
})();
