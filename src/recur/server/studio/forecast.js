// The tab that forecasts: a file, what it is, a forecast at once, a verdict as it comes, other methods.
import { ask, cancel, capital, describe, fileOf, follow, job as jobOf, post, start, take } from "./api.js";
import { ForecastChart } from "./chart.js";
import { Comparison } from "./compare.js";
import { errorTable, facts, forecastTable, verdict } from "./findings.js";
import { remember, remembered } from "./address.js";
import { $, copy, later, make, percent, progressOf, show, takeDropped } from "./page.js";
import { complain, leave, unanswered, waiting } from "./waiting.js";

const LONGEST = 2_000; // values of a series whose first forecast is calibrated; the judged one always is
const NONE = "–";

export class ForecastTab {
  constructor(panel) {
    this.panel = panel;
    this.chart = new ForecastChart($(".picture .chart", panel), (origin) => this.#from(origin));
    this.chart.onview = () => this.#range();
    this.comparison = new Comparison($(".compare", panel), () => this.look && start("compare", this.file, this.look.settings), () => this.#note());
    this.slider = $("#origin", panel);
    this.slider.addEventListener("input", () => this.#from(Number(this.slider.value)));
    $(".now", panel).addEventListener("click", () => { this.#from(this.chart.n); this.slider.focus(); });
    $(".again", panel).addEventListener("click", () => this.#leave());
    this.choices = $(".choices", panel);
    this.choices.addEventListener("submit", (event) => event.preventDefault());
    this.choices.addEventListener("change", (event) => this.#chosen(event.target));
    this.#sources();
    this.soon = later(90, () => this.#predict());
  }

  // Take up what was left at a reload: the jobs that the address names.
  async resume() {
    const { job, compare } = remembered("forecast");
    if (!job && !compare) return;
    try {
      const known = await jobOf(job ?? compare);
      this.how = known.settings;
      this.file = await fileOf(known);
      await this.#look({ running: job, compare });
    } catch (error) {
      remember("forecast", {});
      this.#complain(error);
    }
  }

  #sources() {
    const input = $("input[type=file]", this.panel);
    input.addEventListener("change", () => { if (input.files[0]) this.take(input.files[0]); input.value = ""; });
    takeDropped(this.panel, (file) => this.take(file));
    $(".use-pasted", this.panel).addEventListener("click", () => {
      const text = $("#pasted", this.panel).value;
      this.take(new File([text], text.split("\n", 1)[0].includes("\t") ? "pasted.tsv" : "pasted.csv"));
    });
    for (const button of this.panel.querySelectorAll("[data-example]"))
      button.addEventListener("click", async () => {
        const name = button.dataset.example;
        try {
          const answer = await ask(`/v1/examples/${name}`);
          this.take(new File([await answer.blob()], `${name}.csv`));
        } catch (error) { this.#complain(error); }
      });
  }

  // Look at a file: what it is, what follows, and how far that can be trusted.
  async take(file) {
    this.#stop();
    Object.assign(this, { file, how: {} });
    await this.#look({});
  }

  async #look({ running, compare }) {
    this.looking?.abort();
    const { signal } = (this.looking = new AbortController());
    this.#complain(null);
    this.panel.classList.add("busy");
    try {
      this.look = await describe(this.file, this.how, signal);
    } catch (error) {
      if (error.name !== "AbortError") this.#complain(error, !this.look);
      return;
    } finally {
      if (!signal.aborted) this.panel.classList.remove("busy");
    }
    this.#tell();
    if (!this.look.series) return;
    await this.#predict();
    this.comparison.reset();
    if (compare) this.comparison.follow(compare);
    this.#judge(running);
  }

  #tell() {
    const { look, panel } = this;
    show($(".start", panel), false);
    show($(".work", panel), true);
    $(".file", panel).textContent = look.name;
    for (const name of ["target", "time", "id"]) this.#options(name);
    const spare = look.columns.length > 2 || look.chosen.id;
    show(this.choices.id.parentElement, Boolean(spare));
    this.choices.horizon.value = look.settings?.horizon ?? this.how.horizon ?? "";
    for (const part of [".picture", ".what", ".compare", ".take", ".verdict"]) show($(part, panel), Boolean(look.series));
    show($(".errors", panel), false);
    if (!look.series) {
      $(".data", panel).textContent = "";
      return this.#complain(new Error(look.obstacle));
    }
    const series = this.choices.series;
    series.replaceChildren(...look.ids.map((id, k) => make("option", { value: k }, id)));
    show($(".one-series", panel), look.ids.length > 1);
    $(".data", panel).textContent = facts($(".what div", panel), look);
    const [command, python] = panel.querySelectorAll(".take .code");
    this.#code(command, look.command);
    this.#code(python, look.python);
    $(".files", panel).replaceChildren("What was learnt, the forecast and a page to send on are ready once it is judged.");
    this.shown = 0;
    this.#history();
  }

  #options(name) {
    const select = this.choices[name], { columns, chosen } = this.look, least = name === "target" ? [] : [NONE];
    const fits = columns.filter((column) => name !== "target" || column.holds === "numbers").map((column) => column.name);
    const now = chosen[name] ?? NONE;
    const names = fits.includes(now) || least.includes(now) ? fits : [now, ...fits];
    select.replaceChildren(...[...new Set([...least, ...names])].map((one) => make("option", { selected: one === now }, one)));
  }

  #history() {
    const { look } = this;
    const series = look.series[this.shown], monthly = look.clock.kind === "months";
    this.dated = !["rows", "integer"].includes(look.clock.kind);
    const x = monthly ? series.x.map((at) => this.#begun(at)) : series.x;
    this.chart.setHistory({ ...series, x }, this.dated, look.ids[this.shown]);
    this.newest = null;
  }

  #begun(at) { // a value of a month stands where that begins, whatever day it is of
    const date = new Date(at * 1000);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
  }

  #code(place, text) {
    place.replaceChildren(make("pre", { tabindex: "0" }, text), make("button", { type: "button", onclick: (event) => copy(text, event.currentTarget) }, "Copy"));
  }

  #chosen(control) {
    if (control.name === "series") {
      this.shown = Number(control.value);
      this.#history();
      return void this.#predict();
    }
    const value = control.value;
    if (control.name === "horizon" && !control.checkValidity()) return void control.reportValidity();
    const given = control.name === "horizon" ? Number(value) || null : control.name === "target" ? [value] : value;
    this.#stop();
    this.how = { ...this.how, ...(this.look.chosen.target && { target: [this.look.chosen.target] }), [control.name]: given === NONE ? null : given };
    if (control.name !== "horizon" && this.how.horizon == null) delete this.how.horizon;
    this.#look({});
  }

  #from(origin) {
    this.chart.place(origin);
    this.#range();
    this.soon();
  }

  #range() { // of the slider: what is shown, and a forecast needs some values before it
    const { chart, slider } = this;
    if (!chart.n) return;
    const [first, last] = chart.shownPlaces;
    slider.min = Math.min(Math.max(first, 3), last);
    slider.max = last;
    slider.value = chart.origin;
    const text = chart.origin === chart.n ? "the newest value" : chart.text(chart.known[chart.origin - 1]);
    $("output", this.panel).textContent = text;
    slider.setAttribute("aria-valuetext", text);
    show($(".now", this.panel), chart.origin !== chart.n);
  }

  // Forecast from the origin that is shown, with what was known by then alone.
  async #predict() {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const { chart, look, shown } = this, origin = chart.origin, last = origin === chart.n;
    const judged = last && this.done?.result?.forecast?.filter((row) => row.id === look.ids[shown]);
    try {
      const rows = judged?.length ? judged : await this.#ask(origin, signal);
      if (signal.aborted) return;
      chart.setForecast(origin, rows.map((row) => ({ ...row, x: this.#place(row.time) })));
      this.#whose(judged?.length ? this.done.result : null, origin);
      $(".rows .scroll", this.panel).replaceChildren(forecastTable(rows, chart.decimals, look.ids[shown]));
    } catch (error) {
      if (error.name === "AbortError") return;
      chart.setForecast(origin, []);
      $(".whose", this.panel).textContent = error.message;
    }
    this.#range();
  }

  async #ask(origin, signal) {
    const { look, shown } = this, calibrated = origin === this.chart.n && origin <= LONGEST;
    // It has to be quick: what is not read is not sent, nor is a long past calibrated on.
    const begin = Math.max(0, origin - (calibrated ? LONGEST : look.reads));
    const { x, y } = look.series[shown], values = y.slice(begin, origin);
    const steps = look.settings.horizon, season = look.about.data.season;
    const iso = (at) => (this.dated ? new Date(at * 1000).toISOString().slice(0, -1) : at);
    const data = look.clock.kind === "rows" ? { series: values }
      : { columns: { ds: x.slice(begin, origin).map(iso), y: values } };
    const told = await post("/v1/models/pretrained/predict", { ...data, horizon: steps, season, calibrated }, signal);
    return told.forecast;
  }

  #place(time) {
    if (!this.dated) return Number(time);
    const at = Date.parse(time.length > 10 ? `${time}Z` : time) / 1000;
    return this.look.clock.kind === "months" ? this.#begun(at) : at;
  }

  #whose(result, origin) {
    const { chart } = this;
    const own = result && !["pretrained"].includes(result.settings.network) && result.settings.method === "network";
    const by = own ? "By the network that was trained on these data, as it was judged."
      : "By the pretrained network, which has not learnt from these data.";
    const then = origin === chart.n ? "" : ` As it would have been forecast after ${chart.text(chart.known[origin - 1])}; the history shows what came.`;
    $(".whose", this.panel).textContent = by + then;
  }

  // Judge the forecast in a job, or go on with one that runs.
  async #judge(running) {
    const box = $(".verdict", this.panel);
    this.done = null;
    this.following?.abort();
    const { signal } = (this.following = new AbortController());
    box.className = "verdict answer waiting";
    const { text, bar } = waiting(box, "Judging on values that it has not seen", () => this.id, (error) => this.#complain(error));
    try {
      this.id = running ?? (await start("forecast", this.file, this.look.settings)).id;
      if (signal.aborted) return void cancel(this.id).catch(() => {});
      this.#note();
      const ended = await follow(this.id, (kind, data) => {
        if (kind === "status" && data.status === "queued") text.textContent = "Waiting for its turn";
        if (kind === "judged") this.#judged(data.judged, box);
        if (kind !== "progress") return;
        const { text: said, share } = progressOf(data.progress);
        text.textContent = share == null ? `${said} …` : `${said}, ${percent(share)}`;
        if (share == null) bar.removeAttribute("value"); else bar.value = share;
      }, signal);
      if (!signal.aborted) this.#ended(ended, box);
    } catch (error) {
      if (error.name !== "AbortError") this.#unjudged(box, error.message);
    }
  }

  #ended(ended, box) {
    this.id = null;
    if (ended.status === "cancelled") {
      this.#note();
      return this.#unjudged(box, "It was not judged: you cancelled that.");
    }
    if (ended.status === "failed") return this.#unjudged(box, capital(ended.error));
    this.done = ended;
    this.#judged(ended.result, box);
    const names = { "report.html": "Open the report", "forecast.csv": "Forecast as a table", "model.recur": "Model" };
    const made = ended.files.filter((name) => name in names || name.startsWith("forecast."));
    $(".files", this.panel).replaceChildren(...made.sort().reverse().map((name) => make("button", {
      type: "button", onclick: () => take(ended.id, name).catch((error) => this.#complain(error)),
    }, names[name] ?? "Forecast as a table")));
    if (this.chart.origin === this.chart.n) this.#predict();
  }

  // Show what was found, which comes some seconds before the files are written.
  #judged(result, box) {
    verdict(box, result.verdict);
    const judged = $(".errors", this.panel);
    show(judged, Boolean(result.errors));
    if (result.errors) $(".scroll", judged).replaceChildren(errorTable(result));
    if (result.walk?.series === 1 && this.look.ids.length === 1) this.chart.setHeldOut(result.walk.held_out);
    $(".files", this.panel).replaceChildren("What was learnt, the forecast and a page to send on are being written.");
  }

  #unjudged(box, sentence) {
    unanswered(box, sentence, make("p", {}, make("button", { type: "button", onclick: () => this.#judge() }, "Judge it")));
  }

  jobs() { return { job: this.id ?? this.done?.id, compare: this.comparison.id }; }

  #note() {
    remember("forecast", this.jobs());
  }

  #stop() { // what runs for choices that were changed
    for (const one of [this.looking, this.asking, this.following]) one?.abort();
    if (this.id) cancel(this.id).catch(() => {});
    this.comparison.stop();
    Object.assign(this, { id: null, done: null });
    remember("forecast", {});
  }

  #leave() {
    this.#stop();
    this.look = null;
    leave(this.panel);
    $("input[type=file]", this.panel).focus();
  }

  #complain(error, start = false) {
    if (start) leave(this.panel);
    complain(this.panel, error);
  }
}
