// The chart of a signal before and after it was cleaned; of a long one the highest and lowest are drawn.
import { make } from "./page.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const MOST = 20_000, RUNS = 3_000;

export class SignalChart {
  constructor(host) {
    this.plot = make("div", { class: "plot", role: "img", "aria-label": "The signal before and after it was cleaned" });
    const key = (look, text) => make("span", {}, make("i", { class: `key ${look}` }), text);
    host.replaceChildren(this.plot, make("p", { class: "readout" }, key("grey", "before"), key("blue", "after"),
      make("span", {}, "Drag across to look closer; a double click shows all.")));
    new ResizeObserver(() => this.u?.setSize(this.#size())).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.u?.redraw(false));
  }

  #size() { return { width: this.plot.clientWidth || 600, height: 300 }; }

  show(before, after) {
    this.u?.destroy();
    const axis = { stroke: () => colour("--faded"), font: "12px system-ui, sans-serif", ticks: { show: false }, grid: { stroke: () => colour("--chart-grid"), width: 1 } };
    const line = (look, width) => ({ stroke: () => colour(`--chart-${look}`), width, points: { show: false } });
    this.u = new uPlot({
      ...this.#size(), legend: { show: false }, cursor: { y: false, points: { show: false } }, scales: { x: { time: false } },
      series: [{}, line("grey", 1), line("blue", 2)], axes: [{ ...axis, grid: { show: false }, label: "step", labelFont: axis.font, labelSize: 18 }, axis],
    }, thinned([before, after]), this.plot);
  }
}

// Places and values with no highest or lowest lost: of each run of places those of every line.
function thinned(lines) {
  const count = lines[0].length, kept = new Set([0, count - 1]);
  if (count <= MOST) return [Array.from({ length: count }, (_, k) => k), ...lines.map((line) => Array.from(line))];
  for (let run = 0; run < RUNS; run++) {
    const begin = Math.floor((run * count) / RUNS), end = Math.floor(((run + 1) * count) / RUNS);
    for (const line of lines) {
      let low = begin, high = begin;
      for (let k = begin; k < end; k++) { if (line[k] < line[low]) low = k; if (line[k] > line[high]) high = k; }
      kept.add(low).add(high);
    }
  }
  const places = [...kept].sort((a, b) => a - b);
  return [places, ...lines.map((line) => places.map((k) => line[k]))];
}
