// The chart of a series: its history, a forecast with its fans, and the origin that can be dragged.
import { decimals, make, written } from "./page.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Every tick in full: below its time the day, below that the year, where they change.
const DATES = [
  [31536000, "{YYYY}", null, null, null, null, null, null, 1],
  [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{MMM} {D}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{MMM} {D}\n{YYYY}", null, "\n{MMM} {D}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{MMM} {D}\n{YYYY}", null, "\n{MMM} {D}", null, null, null, 1],
];
const PARTS = [ // what is drawn, in the order of the legend; an interval has two columns
  { name: "truth", label: "history", look: "ink", width: 1.5 },
  { name: "value", label: "forecast", look: "orange", width: 2 },
  { name: "80", label: "80 of 100 futures", look: "orange", opacity: "59" },
  { name: "95", label: "95 of 100 futures", look: "orange", opacity: "2e" },
  { name: "unusual", label: "unusual values", look: "blue" },
];

export class ForecastChart {
  // `host` is where it stands; `moved` is called with the origin, the number of values before it.
  constructor(host, moved) {
    this.moved = moved;
    this.hidden = new Set();
    this.plot = make("div", {
      class: "plot", tabindex: "0", role: "application", "aria-describedby": "chart-keys",
      onkeydown: (event) => this.#key(event),
    });
    this.legend = make("div", { class: "legend", role: "group", "aria-label": "Shown in the chart" });
    this.readout = make("p", { class: "readout", "aria-live": "polite" });
    this.tools = make("div", { class: "tools" }, ...[
      ["+", "Zoom in", () => this.#zoom(0.5)], ["−", "Zoom out", () => this.#zoom(2)],
      ["Newest", null, () => this.#newest()], ["All", null, () => this.#all()],
    ].map(([name, label, act]) => make("button", { type: "button", "aria-label": label, title: label, onclick: act }, name)));
    const keys = make("p", { id: "chart-keys", class: "unseen" },
      "Left and right read the values, plus and minus zoom, Home and End go to the ends. The same values stand in the table below.");
    host.replaceChildren(make("div", { class: "above" }, this.legend, this.tools), this.plot, this.readout, keys);
    new ResizeObserver(() => this.u?.setSize(this.#size())).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.u?.redraw(false));
  }

  // Show a series: { x, y, unusual }, `dated` where x are seconds since 1970, and what it is called.
  setHistory(series, dated, name) {
    Object.assign(this, { dated, n: series.x.length, known: series.x, x: [...series.x], truth: series.y });
    this.unusual = series.unusual;
    this.decimals = decimals(series.y);
    this.origin = this.from = this.n;
    this.heldOut = 0;
    this.forecast = [];
    this.plot.setAttribute("aria-label", `Chart of ${name} and its forecast`);
    this.#legend();
    this.#draw();
  }

  // Show what is forecast from an origin: rows with `x`, `value` and the ends of intervals.
  setForecast(origin, rows) {
    this.origin = this.from = origin;
    this.forecast = rows;
    const beyond = rows.slice(Math.max(0, this.n - origin)).map((row) => row.x);
    if (beyond.length || this.x.length > this.n + this.reach) this.x = [...this.known, ...this.#beyond(beyond)];
    this.u.setData(this.#columns(), false);
    this.#place();
    this.#read(this.u.cursor.idx);
    if (!this.seen) this.#newest();
  }

  // Show the origin elsewhere, before what is forecast from there is known.
  place(origin) {
    this.origin = origin;
    this.#place();
  }

  #beyond(found) { // an earlier origin keeps the room beyond the end that the newest one took
    this.room = found.length >= (this.room?.length ?? 0) || this.origin === this.n ? found : this.room;
    return this.room;
  }

  // Shade the newest values, on which a verdict was found.
  setHeldOut(count) {
    this.heldOut = count;
    this.u.redraw(false);
  }

  get reach() { return this.room?.length ?? 0; }
  get view() { return [this.u.scales.x.min, this.u.scales.x.max]; }

  // The places of what is shown: the first, and the last that is known.
  get shownPlaces() {
    const [low] = this.view;
    return [Math.max(0, this.known.findIndex((x) => x >= low)), this.n];
  }

  text(x) {
    if (!this.dated) return String(x);
    const iso = new Date(x * 1000).toISOString();
    return this.day ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ") + (x % 60 ? iso.slice(16, 19) : "");
  }

  #columns() {
    const size = this.x.length, at = this.from, rows = this.forecast, off = (name) => this.hidden.has(name);
    const column = (name, of, first) => {
      const made = new Array(size).fill(null);
      if (off(name) || !rows.length) return made;
      if (first !== undefined && at) made[at - 1] = first;
      rows.forEach((row, k) => { made[at + k] = row[of] ?? null; });
      return made;
    };
    const newest = this.truth[at - 1] ?? undefined;
    const truth = off("truth") ? new Array(size).fill(null) : [...this.truth, ...new Array(size - this.n).fill(null)];
    const unusual = new Array(size).fill(null);
    if (!off("unusual")) for (const k of this.unusual) unusual[k] = this.truth[k];
    return [this.x, truth, column("95", "high_95", newest), column("95", "low_95", newest),
      column("80", "high_80", newest), column("80", "low_80", newest), column("value", "value", newest), unusual];
  }

  #size() {
    const width = this.plot.clientWidth || 600;
    return { width, height: width < 500 ? 280 : 380 };
  }

  #draw() {
    this.u?.destroy();
    this.room = [];
    this.seen = false;
    this.day = this.dated && this.known.every((x) => x % 86400 === 0);
    const axis = { stroke: () => colour("--faded"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => colour("--chart-grid"), width: 1 }, ticks: { show: false } };
    const end = { stroke: () => "transparent", width: 0, points: { show: false } };
    const line = (look, width) => ({ stroke: () => colour(`--chart-${look}`), width, points: { size: 5, fill: () => colour(`--chart-${look}`) } });
    const fan = (high, opacity) => ({ series: [high, high + 1], fill: () => colour("--chart-orange") + opacity });
    const plain = (u, ticks) => ticks.map((t) => (t == null ? "" : t.toLocaleString("en", { maximumSignificantDigits: 6 })));
    const under = (u, ticks) => 16 + 15 * Math.max(1, ...(ticks ?? []).map((t) => t.split("\n").length));
    this.u = new uPlot({
      ...this.#size(), legend: { show: false },
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), "Etc/UTC"),
      series: [{}, line("ink", 1.5), end, end, end, end, line("orange", 2),
        { ...line("blue", 0), paths: () => null, points: { show: true, size: 8, fill: () => colour("--paper"), stroke: () => colour("--chart-blue"), width: 2 } }],
      bands: [fan(2, "2e"), fan(4, "4d")],
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 8 },
        move: (u, left, top) => [left < 0 ? left : u.valToPos(this.x[u.posToIdx(left)], "x"), top] },
      scales: { x: { time: this.dated, range: (_, low, high) => [low, high] }, y: { range: (_, low, high) => uPlot.rangeNum(low, high, 0.08, true) } },
      axes: [
        { ...axis, grid: { show: false }, size: under, space: 70, values: this.dated ? DATES : plain },
        { ...axis, values: plain, size: (_, ticks) => 16 + 7 * Math.max(4, ...(ticks ?? []).map((t) => t.length)) },
      ],
      hooks: {
        drawClear: [(u) => this.#shade(u)],
        setCursor: [(u) => this.#read(u.cursor.idx)],
        setScale: [(_, key) => { if (key === "x" && this.u) { this.#place(); this.onview?.(); } }],
        setSize: [() => this.u && this.#place()],
      },
    }, this.#columns(), this.plot);
    this.handle = make("div", { class: "origin", title: "Drag to forecast from an earlier point" }, make("span"));
    this.u.over.append(this.handle);
    this.#draggable();
    this.u.over.addEventListener("dblclick", () => this.#newest());
    this.#newest();
    this.seen = false;
  }

  #shade(u) {
    if (!this.heldOut) return;
    const { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
    const at = (x) => Math.min(Math.max(u.valToPos(x, "x", true), left), left + width);
    const from = at(this.known[Math.max(0, this.n - this.heldOut)]), to = at(this.known[this.n - 1]);
    u.ctx.fillStyle = colour("--chart-pale");
    u.ctx.fillRect(from, top, to - from, height);
    if (to - from < 150 * ratio) return;
    u.ctx.fillStyle = colour("--faded");
    u.ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    u.ctx.textAlign = "left";
    u.ctx.fillText("judged on these", from + 6 * ratio, top + 16 * ratio);
  }

  #place() { // of the origin, between the last value before it and the first that is forecast
    const before = this.x[this.origin - 1], after = this.x[this.origin] ?? before;
    const left = this.u.valToPos((before + after) / 2, "x");
    this.handle.style.transform = `translateX(${left}px)`;
    this.handle.hidden = left < -1 || left > this.u.over.clientWidth + 1;
  }

  #draggable() {
    const move = (event) => {
      const left = event.clientX - this.u.over.getBoundingClientRect().left;
      const k = Math.min(this.n, this.u.posToIdx(Math.min(Math.max(left, 0), this.u.over.clientWidth)) + 1);
      this.moved(Math.max(k, 1));
    };
    this.handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.handle.setPointerCapture(event.pointerId);
      this.handle.onpointermove = move;
    });
    this.handle.addEventListener("mousedown", (event) => { event.preventDefault(); event.stopPropagation(); });
    for (const name of ["pointerup", "pointercancel"])
      this.handle.addEventListener(name, () => { this.handle.onpointermove = null; });
  }

  #read(k) {
    if (k == null || k >= this.x.length) return void (this.readout.textContent = "\u00a0");
    const row = this.forecast[k - this.from], number = (value) => written(value, this.decimals);
    const parts = [["", this.text(this.x[k])]];
    if (k < this.n) parts.push(["value", this.truth[k] == null ? "missing" : number(this.truth[k])]);
    if (row) parts.push(["forecast", number(row.value)], ["80 of 100", `${number(row.low_80)} to ${number(row.high_80)}`],
      ["95 of 100", `${number(row.low_95)} to ${number(row.high_95)}`]);
    this.readout.replaceChildren(...parts.filter(([, value]) => !value.startsWith("– to"))
      .map(([name, value]) => make("span", {}, name && `${name} `, make("b", {}, value))));
  }

  #legend() {
    const parts = PARTS.filter(({ name }) => name !== "unusual" || this.unusual.length);
    this.legend.replaceChildren(...parts.map(({ name, label, look, width, opacity }) => {
      const kind = name === "unusual" ? "ring" : width ? "line" : "fan";
      return make("button", {
        type: "button", "aria-pressed": String(!this.hidden.has(name)),
        onclick: (event) => {
          this.hidden[this.hidden.has(name) ? "delete" : "add"](name);
          event.currentTarget.setAttribute("aria-pressed", String(!this.hidden.has(name)));
          this.u.setData(this.#columns(), false);
          this.u.redraw();
        },
      }, make("i", { class: `${kind} ${look}${opacity === "59" ? " strong" : ""}`, "aria-hidden": "true" }), label);
    }));
  }

  #show(low, high) {
    const first = this.x[0], last = this.x[this.x.length - 1];
    const span = Math.min(Math.max(high - low, (4 * (last - first)) / this.x.length), last - first) || 1;
    low = Math.min(Math.max(low, first), last - span);
    this.seen = true;
    this.u.setScale("x", { min: low, max: low + span });
  }

  #all() { this.#show(this.x[0], this.x[this.x.length - 1]); }
  #newest() {
    const ahead = Math.max(this.reach, this.forecast.length, 1), shown = Math.max(120, 6 * ahead);
    this.#show(this.x[Math.max(0, this.n - shown)], this.x[this.x.length - 1]);
  }

  #zoom(by) {
    const [low, high] = this.view, k = this.u.cursor.idx, x = this.x[k ?? this.origin - 1];
    const centre = x >= low && x <= high ? x : (low + high) / 2;
    this.#show(centre - (centre - low) * by, centre + (high - centre) * by);
  }

  #readAt(k) {
    const [low, high] = this.view, x = this.x[k];
    if (x < low) this.#show(x, x + high - low);
    if (x > high) this.#show(x - high + low, x);
    queueMicrotask(() => this.u.setCursor({ left: this.u.valToPos(x, "x"), top: 40 }));
  }

  #key(event) {
    const k = this.u?.cursor.idx, last = this.x.length - 1;
    const act = {
      ArrowLeft: () => this.#readAt(Math.max((k ?? last + 1) - 1, 0)),
      ArrowRight: () => this.#readAt(Math.min((k ?? this.n - 2) + 1, last)),
      Home: () => this.#readAt(0), End: () => this.#readAt(last),
      "+": () => this.#zoom(0.5), "=": () => this.#zoom(0.5), "-": () => this.#zoom(2), Escape: () => this.#newest(),
    }[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  }
}
