/* A map on a canvas: places, trips as straight lines, a plain grid. No tiles, no network. */
"use strict";
function PlanMap(canvas, draw, pick) {
  let pen = canvas.getContext("2d");
  let width = 0, height = 0, ratio = 1, waiting = false;
  const at = { x: 0, y: 0, scale: 1 }; // centre in degrees (longitude squeezed), pixels per degree
  let squeeze = 1;
  const sx = (lon) => (lon * squeeze - at.x) * at.scale + width / 2;
  const sy = (lat) => (at.y - lat) * at.scale + height / 2;

  function resize() {
    const box = canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    ratio = window.devicePixelRatio || 1;
    width = box.width; height = box.height;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    render();
  }
  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; render(); });
  }
  function render() {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.direction = "ltr"; pen.textAlign = "left"; // also on a page that runs from right to left
    pen.clearRect(0, 0, width, height);
    grid();
    draw(pen, sx, sy, { width, height, scale: at.scale });
    ruler();
  }
  function paper(sheet) { // draws what is seen on a sheet of a fixed form, because pages are laid out after printing began
    const kept = [pen, width, height, ratio, at.scale], w = 1000, h = 560;
    at.scale *= Math.min(w / (width || w), h / (height || h));
    pen = sheet.getContext("2d"); width = w; height = h; ratio = 2;
    sheet.width = w * ratio; sheet.height = h * ratio;
    render();
    [pen, width, height, ratio, at.scale] = kept;
  }
  function steps(span) { // a round number of degrees, so that about six lines are seen
    const raw = span / 6, base = Math.pow(10, Math.floor(Math.log10(raw)));
    return [1, 2, 5, 10].map((k) => k * base).find((step) => step >= raw);
  }
  function grid() {
    const dy = steps(height / at.scale), dx = dy;
    pen.lineWidth = 1; pen.strokeStyle = "#e6ebe8"; pen.fillStyle = "#97a59d"; pen.font = "10px sans-serif";
    pen.beginPath();
    const digits = Math.max(0, -Math.floor(Math.log10(dy)));
    for (let lat = Math.ceil((at.y - height / 2 / at.scale) / dy) * dy; sy(lat) > 0; lat += dy) {
      const y = Math.round(sy(lat)) + .5;
      pen.moveTo(0, y); pen.lineTo(width, y);
      pen.fillText(lat.toFixed(digits) + "°", 4, y - 3);
    }
    for (let lon = Math.ceil((at.x - width / 2 / at.scale) / squeeze / dx) * dx; sx(lon) < width; lon += dx) {
      const x = Math.round(sx(lon)) + .5;
      pen.moveTo(x, 0); pen.lineTo(x, height);
      pen.fillText(lon.toFixed(digits) + "°", x + 3, height - 5);
    }
    pen.stroke();
  }
  function ruler() {
    const metres = 111320 / at.scale, want = metres * 130, base = Math.pow(10, Math.floor(Math.log10(want)));
    const long = [5, 2, 1].map((k) => k * base).find((step) => step <= want) || base;
    const text = long >= 1000 ? long / 1000 + " " + PlanMap.words.km : long + " " + PlanMap.words.m;
    const size = long / metres, x = 14, y = height - 22;
    pen.fillStyle = "#ffffffcc"; pen.fillRect(x - 6, y - 16, size + 12, 24);
    pen.strokeStyle = pen.fillStyle = "#1c2a24"; pen.lineWidth = 1.5;
    pen.beginPath(); pen.moveTo(x, y - 4); pen.lineTo(x, y); pen.lineTo(x + size, y); pen.lineTo(x + size, y - 4); pen.stroke();
    pen.font = "11px sans-serif"; pen.textAlign = "center"; pen.fillText(text, x + size / 2, y - 5); pen.textAlign = "left";
  }
  function fit(points) { // [[lat, lon], …]
    if (!points.length) return;
    let s = 90, n = -90, w = 180, e = -180;
    for (const [lat, lon] of points) {
      s = Math.min(s, lat); n = Math.max(n, lat); w = Math.min(w, lon); e = Math.max(e, lon);
    }
    squeeze = Math.cos(((s + n) / 2) * Math.PI / 180);
    at.x = ((w + e) / 2) * squeeze; at.y = (s + n) / 2;
    const tall = Math.max(n - s, .002), wide = Math.max((e - w) * squeeze, .002);
    at.scale = .9 * Math.min((width || 800) / wide, (height || 500) / tall);
    later();
  }
  function zoom(factor, x, y) {
    const px = x === undefined ? width / 2 : x, py = y === undefined ? height / 2 : y;
    const scale = Math.min(4e6, Math.max(20, at.scale * factor)), k = 1 / at.scale - 1 / scale;
    at.x += (px - width / 2) * k; at.y -= (py - height / 2) * k; at.scale = scale;
    later();
  }
  function pan(dx, dy) { at.x -= dx / at.scale; at.y += dy / at.scale; later(); }

  const held = new Map();
  let moved = 0;
  const spot = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId); held.set(event.pointerId, spot(event)); moved = 0; canvas.classList.add("held");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId)) return;
    const before = held.get(event.pointerId), now = spot(event);
    if (held.size === 1) pan(now[0] - before[0], now[1] - before[1]);
    else {
      const other = [...held].find(([id]) => id !== event.pointerId)[1];
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      if (was > 0) zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    held.set(event.pointerId, now);
  });
  const release = (event) => {
    if (held.delete(event.pointerId) && event.type === "pointerup" && moved < 6) pick(...spot(event), sx, sy);
    if (!held.size) canvas.classList.remove("held");
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault(); zoom(Math.exp(-event.deltaY * (event.deltaMode ? .05 : .0015)), ...spot(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (way) pan(...way); else if (event.key === "+" || event.key === "=") zoom(1.5); else if (event.key === "-") zoom(1 / 1.5); else return;
    event.preventDefault();
  });
  new ResizeObserver(() => resize()).observe(canvas);
  resize();
  return { fit, zoom, later, paper, go(lat, lon, least) { at.x = lon * squeeze; at.y = lat; at.scale = Math.max(at.scale, least); later(); } };
}
