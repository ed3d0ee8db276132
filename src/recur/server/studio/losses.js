// Curves that grow: the loss of a network while it learns, beside what counting reaches.
import { make, written } from "./page.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class LossChart {
  constructor(host) {
    this.text = make("p", { class: "readout" }, "\u00a0");
    this.plot = make("div", { class: "plot", role: "img", "aria-label": "The loss while it learns, beside that of counting" });
    host.replaceChildren(this.plot, this.text);
    new ResizeObserver(() => this.u?.setSize(this.#size())).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.u?.redraw(false));
    this.reset();
  }

  reset() {
    this.counting = null;
    this.points = new Map();
    this.#draw();
  }

  setCounting(nats) {
    this.counting = nats;
    this.#draw();
  }

  add(step, training, held) {
    this.points.set(step, [training, held]);
    this.#draw();
  }

  #size() { return { width: this.plot.clientWidth || 600, height: 260 }; }

  #draw() {
    const steps = [...this.points.keys()].sort((a, b) => a - b);
    const x = steps.length > 1 ? steps : [0, 1];
    const of = (k) => x.map((step) => this.points.get(step)?.[k] ?? null);
    const data = [x, of(0), of(1), x.map(() => this.counting)];
    const newest = steps.length ? this.points.get(steps.at(-1)) : [];
    const parts = [["on what it reads", newest[0]], ["on what it has not seen", newest[1]], ["counting", this.counting]];
    this.text.replaceChildren(...parts.filter(([, value]) => value != null).map(([name, value], k) =>
      make("span", {}, make("i", { class: `key ${["grey", "blue", "orange"][parts.findIndex((one) => one[0] === name)]}` }), `${name} `, make("b", {}, written(value, 2)))));
    if (this.u) return void this.u.setData(data);
    const axis = { stroke: () => colour("--faded"), font: "12px system-ui, sans-serif", ticks: { show: false }, grid: { stroke: () => colour("--chart-grid"), width: 1 } };
    const line = (look, more = {}) => ({ stroke: () => colour(`--chart-${look}`), width: 2, spanGaps: true, points: { show: false }, ...more });
    this.u = new uPlot({
      ...this.#size(), legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false } },
      series: [{}, line("grey"), line("blue"), line("orange", { dash: [6, 4] })],
      axes: [{ ...axis, grid: { show: false }, size: 24, values: () => [] }, { ...axis, label: "loss, nats a character", labelFont: axis.font, labelSize: 18 }],
    }, data, this.plot);
  }
}
