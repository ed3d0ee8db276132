// The table of other methods, which fills as they finish.
import { cancel, follow, job as jobOf } from "./api.js";
import { $, count, decimals, make, methodName, percent, progressOf, show, table, written } from "./page.js";
import { waiting } from "./waiting.js";

export class Comparison {
  // `begin` starts a job and returns it; `noted` is called when there is another one.
  constructor(place, begin, noted) {
    Object.assign(this, { place, begin, noted, id: null });
    this.button = $("button", place);
    this.button.addEventListener("click", () => this.#start());
    this.reset();
  }

  reset() {
    this.stop();
    this.rows = new Map();
    $(".state", this.place).replaceChildren();
    $(".scroll", this.place).replaceChildren();
    show($(".start-compare", this.place), true);
  }

  stop() {
    this.following?.abort();
    if (this.running) cancel(this.id).catch(() => {});
    Object.assign(this, { id: null, running: false });
  }

  async #start() {
    this.reset();
    this.button.disabled = true;
    try {
      await this.follow((await this.begin()).id);
    } catch (error) {
      this.#say(error.message);
    } finally {
      this.button.disabled = false;
    }
  }

  // Follow a job that compares, from its beginning.
  async follow(id) {
    Object.assign(this, { id, running: true });
    this.noted();
    const { signal } = (this.following = new AbortController());
    show($(".start-compare", this.place), false);
    const { text, bar } = waiting($(".state", this.place), "Begins", () => id, (error) => this.#say(error.message));
    try {
      const ended = await follow(id, (kind, data) => {
        if (kind === "method") this.#take(data);
        if (kind === "status" && data.status === "queued") text.textContent = "Waits until the forecast is judged";
        if (kind !== "progress") return;
        const { text: said, share } = progressOf(data.progress);
        text.textContent = said;
        if (share != null) bar.value = share;
      }, signal);
      this.running = false;
      this.#end(ended);
    } catch (error) {
      if (error.name !== "AbortError") this.#say(error.message);
    }
  }

  #take({ method, seconds, errors }) {
    for (const [name, measured] of Object.entries(errors))
      if (!this.rows.has(name)) this.rows.set(name, { ...measured, seconds: name === method ? seconds : null });
    this.#draw();
  }

  #end(ended) {
    if (ended.status === "cancelled") this.id = null;
    this.noted();
    if (ended.status !== "done") {
      this.#say(ended.status === "cancelled" ? "You cancelled this; what was done by then stays." : ended.error);
      return show($(".start-compare", this.place), true);
    }
    const { rows, verdict } = ended.result;
    this.rows = new Map(rows.map((row) => [row.name, row]));
    this.#draw(verdict);
    this.#say(`Lowest error: ${methodName(verdict.best)}. On the ${methodName(verdict.name)}, chosen beforehand: ${verdict.sentence}`);
  }

  #say(sentence) { $(".state", this.place).replaceChildren(make("p", {}, sentence)); }

  #draw(verdict) {
    const rows = [...this.rows].sort(([, a], [, b]) => a.rmse - b.rmse), all = rows.map(([, row]) => row);
    const places = decimals(all.flatMap((row) => [row.rmse, row.mae]));
    const most = Math.max(...all.map((row) => row.rmse));
    const bar = (share) => {
      const made = make("span", { class: "length", "aria-hidden": "true" }, make("i"));
      made.firstChild.style.width = percent(share).replace(" ", "");
      return made;
    };
    const heads = ["Method", "Root mean square", "", "Mean error", "Seconds"];
    const skill = verdict && all.some((row) => row.skill != null);
    if (skill) heads.splice(4, 0, `Beside ${methodName(verdict.against)}`);
    const made = rows.map(([name, row]) => {
      const cells = [methodName(name), written(row.rmse, places), bar(row.rmse / most), written(row.mae, places), row.seconds == null ? "" : written(row.seconds, 1)];
      if (skill) cells.splice(4, 0, row.skill == null ? "" : row.skill >= 0 ? `${percent(row.skill)} better` : `${percent(-row.skill)} worse`);
      return cells;
    });
    if (made.length) made[0][0] = make("span", {}, made[0][0], make("em", {}, " best so far".slice(0, verdict ? 5 : 12)));
    $(".scroll", this.place).replaceChildren(table(heads, made, { caption: `${count(made.length, "method")}, the lowest error first`, marked: [0] }));
  }
}
