// Draws the charts of a page from the JSON beside each picture, with zoom and values on hover.
"use strict";
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const make = (tag, parent, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  };
  // Every tick in full: below its time the day, below that the year, where they change.
  const DATES = [
    [31536000, "{YYYY}", null, null, null, null, null, null, 1],
    [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [86400, "{MMM} {D}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, "{HH}:{mm}", "\n{MMM} {D}\n{YYYY}", null, "\n{MMM} {D}", null, null, null, 1],
    [1, "{HH}:{mm}:{ss}", "\n{MMM} {D}\n{YYYY}", null, "\n{MMM} {D}", null, null, null, 1],
    [0.001, "{HH}:{mm}:{ss}.{fff}", "\n{MMM} {D}\n{YYYY}", null, "\n{MMM} {D}", null, null, null, 1],
  ];
  const LEAST = 4; // places that stay in view

  function draw(figure, data) {
    const dated = data.dateLength > 0, last = data.x.length - 1;
    const number = (value) => (data.decimals <= 8 ? value.toFixed(data.decimals) : String(value));
    const place = (k) =>
      dated ? new Date(data.x[k] * 1000).toISOString().replace("T", " ").slice(0, data.dateLength)
        : `${data.across} ${data.x[k]}`;
    const chart = make("div", figure, "", { class: "chart" });
    figure.insertBefore(chart, figure.querySelector("figcaption"));
    make("h3", chart, data.heading, { dir: "auto" });
    make("p", chart, data.under);
    const tools = make("div", chart, "", { class: "tools" });
    const plot = make("div", chart, "", {
      class: "plot", tabindex: "0", role: "application",
      "aria-label": `${figure.querySelector("img").alt} Left and right read its values, plus and ` +
        "minus zoom, Home and End go to its ends, Escape shows it as at first.",
    });
    const readout = make("dl", chart, "", { "aria-live": "polite" });
    if (data.note) make("p", chart, data.note);

    const columns = [data.x, ...data.lines.map((line) => line.y)];
    const series = [{}, ...data.lines.map((line) => ({
      stroke: () => colour(`--chart-${line.colour}`), width: line.width, dash: line.dash,
      points: { size: line.width + 3, fill: () => colour(`--chart-${line.colour}`) },
      ...(line.broken && { gaps: broken }),
    }))];
    const bands = data.bands.map((band) => {
      columns.push(band.high, band.low);
      const end = { stroke: () => "transparent", width: 0, points: { show: false }, ...(band.broken && { gaps: broken }) };
      series.push(end, { ...end });
      const high = series.length - 2;
      return { series: [high, high + 1], fill: () => colour(`--chart-${band.colour}`) + "2e" };
    });
    function broken(u, si, from, to, found) {
      for (const k of data.breaks)
        if (k > from && k <= to)
          found.push([k - 1, k].map((at) => Math.round(u.valToPos(data.x[at], "x", true))));
      return found.sort((a, b) => a[0] - b[0]);
    }

    // What is read: an entry for each label, which a line or bands of several stretches share.
    const entries = new Map();
    for (const one of [...data.lines, ...data.bands]) {
      const entry = entries.get(one.label) ?? entries.set(one.label, { of: [] }).get(one.label);
      entry.of.push(one);
    }
    const when = make("div", readout);
    make("dt", when, dated ? "time" : data.across);
    const whenValue = make("dd", when);
    for (const [label, entry] of entries) {
      const name = make("dt", (entry.row = make("div", readout)));
      name.append(swatch(entry.of[0]));
      make("bdi", name, label);
      entry.value = make("dd", entry.row);
    }
    const mark = (line) =>
      entries.forEach((entry) => entry.row.classList.toggle("at", entry.of.includes(line)));
    function read(k) {
      whenValue.textContent = k == null ? "" : place(k).replace(`${data.across} `, "");
      for (const entry of entries.values()) {
        const one = entry.of.find((o) => k >= o.since && (o.y ?? o.low)[k] != null);
        entry.value.textContent = k == null || !one ? "–"
          : one.y ? number(one.y[k]) : `${number(one.low[k])} to ${number(one.high[k])}`;
      }
    }

    const axis = { stroke: () => colour("--faded"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => colour("--chart-grid"), width: 1 }, ticks: { show: false } };
    const tall = () => (figure.clientWidth < 500 ? 260 : 360);
    const written = (u, ticks) => ticks.map((t) => (t == null ? "" : String(Number(t.toPrecision(6)))));
    const under = (u, ticks) => 16 + 15 * Math.max(1, ...(ticks ?? []).map((t) => t.split("\n").length));
    const u = new uPlot({
      width: figure.clientWidth, height: tall(), series, bands,
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { y: false, move: onto, drag: { x: true, y: false }, points: { size: 8 }, focus: { prox: data.bands.length ? -1 : 24 } },
      focus: { alpha: 0.35 }, // of the lines that the pointer is not at
      scales: {
        x: { time: dated, range: (_, low, high) => [low, high] },
        y: data.logarithmic ? { distr: 3 }
          : { range: (_, low, high) => uPlot.rangeNum(data.fromZero ? Math.min(0, low) : low, high, 0.06, true) },
      },
      axes: [
        { ...axis, grid: { show: false }, size: under, space: 70,
          label: dated ? undefined : data.across, labelSize: 20, labelFont: axis.font,
          ...(dated ? { values: DATES } : { incrs: [1, 2, 5].flatMap((n) => [...Array(15)].map((_, e) => n * 10 ** e)).sort((a, b) => a - b), values: written }) },
        { ...axis, values: written, size: (_, ticks) => 16 + 7 * Math.max(4, ...(ticks ?? []).map((t) => t.length)) },
      ],
      hooks: {
        drawClear: [shade],
        setCursor: [(u) => read(u.cursor.idx)],
        setSeries: [(u, k, { focus }) => { if (focus != null) mark(data.lines[k - 1]); }],
        setScale: [(u, key) => key === "x" && allow(u)],
      },
    }, columns, plot);

    function onto(u, left, top) { // the place whose values are read
      return [left < 0 ? left : u.valToPos(data.x[u.posToIdx(left)], "x"), top];
    }
    function shade(u) {
      if (!data.heldOut) return;
      const [begin, end] = data.heldOut, { left, top, width, height } = u.bbox;
      const at = (x) => Math.min(Math.max(u.valToPos(x, "x", true), left), left + width);
      const from = at(begin ? (data.x[begin - 1] + data.x[begin]) / 2 : data.x[0]), to = at(data.x[end]);
      if (to <= from) return;
      u.ctx.fillStyle = colour("--chart-pale");
      u.ctx.fillRect(from, top, to - from, height);
      u.ctx.fillStyle = colour("--faded");
      u.ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
      u.ctx.textAlign = "left";
      u.ctx.textBaseline = "alphabetic";
      if (to - from > 130 * devicePixelRatio)
        u.ctx.fillText("held out", from + 6 * devicePixelRatio, top + 16 * devicePixelRatio);
    }

    const whole = [data.x[0], data.x[last]], initial = [data.x[data.first], data.x[last]];
    const show = (low, high) => {
      const least = last ? (LEAST * (whole[1] - whole[0])) / Math.max(LEAST, 50 * last) : 0;
      const span = Math.min(Math.max(high - low, least), whole[1] - whole[0]);
      low = Math.min(Math.max(low, whole[0]), whole[1] - span);
      u.setScale("x", { min: low, max: low + span });
    };
    const view = () => [u.scales.x.min, u.scales.x.max];
    const zoom = (by) => {
      const [low, high] = view(), k = u.cursor.idx;
      const centre = k != null && data.x[k] >= low && data.x[k] <= high ? data.x[k] : (low + high) / 2;
      show(centre - (centre - low) * by, centre + (high - centre) * by);
    };
    const pan = (by) => { const [low, high] = view(); show(low + by * (high - low), high + by * (high - low)); };
    const readAt = (k) => {
      const [low, high] = view(), x = data.x[k];
      if (x < low) show(x, x + high - low);
      if (x > high) show(x - high + low, x);
      // After what was just asked for is shown, which is a task of its own.
      queueMicrotask(() => u.setCursor({ left: u.valToPos(x, "x"), top: plot.clientHeight / 3 }));
    };
    const buttons = {
      "Zoom in": () => zoom(0.5), "Zoom out": () => zoom(2),
      "Earlier": () => pan(-0.5), "Later": () => pan(0.5),
      "All": () => show(...whole), "As at first": () => show(...initial),
    };
    for (const [name, act] of Object.entries(buttons)) {
      buttons[name] = make("button", tools, name, { type: "button" });
      buttons[name].addEventListener("click", act);
    }
    function allow(u) {
      if (!(buttons.All instanceof Element)) return; // while it is first drawn
      const { min, max } = u.scales.x, all = min <= whole[0] && max >= whole[1];
      for (const name of ["Zoom out", "All"]) buttons[name].disabled = all;
      buttons.Earlier.disabled = min <= whole[0];
      buttons.Later.disabled = max >= whole[1];
      buttons["As at first"].disabled = min === initial[0] && max === initial[1];
    }
    const keys = {
      ArrowLeft: () => readAt(Math.max((u.cursor.idx ?? last + 1) - 1, 0)),
      ArrowRight: () => readAt(Math.min((u.cursor.idx ?? data.first - 1) + 1, last)),
      Home: () => readAt(0), End: () => readAt(last),
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), Escape: () => show(...initial),
    };
    plot.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    u.over.addEventListener("dblclick", () => show(...initial));
    // One finger reads values; two hold the values that they are put on, nearer or farther apart.
    const fingers = new Map();
    let held = null;
    const ends = () => [Math.min(...fingers.values()), Math.max(...fingers.values())];
    const grip = () => { held = fingers.size === 2 ? ends().map((left) => u.posToVal(left, "x")) : null; };
    const touch = (event) => {
      fingers.set(event.pointerId, event.clientX - u.over.getBoundingClientRect().left);
      if (!held) return void u.setCursor({ left: fingers.get(event.pointerId), top: plot.clientHeight / 3 });
      const [left, right] = ends(), each = (held[1] - held[0]) / Math.max(right - left, 8);
      show(held[0] - left * each, held[0] + (u.over.clientWidth - left) * each);
    };
    const leave = (event) => { if (fingers.delete(event.pointerId)) grip(); };
    u.over.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch") return;
      u.over.setPointerCapture(event.pointerId);
      touch(event);
      grip();
    });
    u.over.addEventListener("pointermove", (event) => { if (fingers.has(event.pointerId)) touch(event); });
    for (const name of ["pointerup", "pointercancel"]) u.over.addEventListener(name, leave);
    show(...initial);
    read(null);
    figure.classList.add("live");
    const dark = matchMedia("(prefers-color-scheme: dark)"), redrawn = () => u.redraw(false);
    const size = new ResizeObserver(() => u.setSize({ width: figure.clientWidth, height: tall() }));
    dark.addEventListener("change", redrawn);
    size.observe(figure);
    return () => {
      dark.removeEventListener("change", redrawn);
      size.disconnect();
      u.destroy();
      chart.remove();
    };
  }

  function choose(figure, { charts, note }) {
    let end = draw(figure, charts[0]);
    if (charts.length === 1) return;
    const row = make("p", figure, "", { class: "choice" });
    figure.insertBefore(row, figure.querySelector(".chart"));
    const select = make("select", make("label", row, "Series "));
    charts.forEach((one, i) => make("option", select, one.name, { value: i }));
    if (note) make("span", row, note);
    select.addEventListener("change", () => { end(); end = draw(figure, charts[select.value]); });
  }

  function swatch(one) {
    const span = document.createElement("span"), look = `var(--chart-${one.colour})`;
    const mark = one.y
      ? `<line x2="100%" y1="50%" y2="50%" stroke="${look}" stroke-width="${Math.max(one.width, 1.5)}" stroke-dasharray="${one.dash.join(" ")}"/>`
      : `<rect width="100%" height="100%" fill="${look}" opacity="0.3"/>`;
    span.innerHTML = `<svg aria-hidden="true">${mark}</svg>`; // nothing in it is from the data
    return span;
  }

  for (const script of document.querySelectorAll("figure > script")) {
    const figure = script.parentElement;
    try {
      const data = JSON.parse(script.textContent);
      choose(figure, data.charts ? data : { charts: [data] });
    } catch (error) { // the still picture stays
      figure.classList.remove("live");
      for (const drawn of figure.querySelectorAll(".chart, .choice")) drawn.remove();
      console.error(error);
    }
  }
})();
