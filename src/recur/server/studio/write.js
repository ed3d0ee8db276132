// The tab that learns to write: a text, the loss against counting, samples while it learns, a prompt.
import { ask, cancel, capital, follow, job as jobOf, post, start, take } from "./api.js";
import { remember, remembered } from "./address.js";
import { LossChart } from "./losses.js";
import { answer } from "./findings.js";
import { $, make, progressOf, show, takeDropped } from "./page.js";
import { complain, leave, unanswered, unfinished, waiting } from "./waiting.js";

const CLAIMS = { more: ["skill", "It has learnt more than counting"], "no more": ["none", "No more than counting knows"], too_little: ["too_little", "Too little text to say"] };

export class WriteTab {
  constructor(panel) {
    this.panel = panel;
    this.losses = new LossChart($(".losses", panel));
    const input = $("input[type=file]", panel);
    input.addEventListener("change", () => { if (input.files[0]) this.#begin(input.files[0]); input.value = ""; });
    takeDropped(panel, (file) => { this.#leave(); this.#begin(file); });
    $(".use-pasted", panel).addEventListener("click", () => this.#begin(new File([$("#text", panel).value], "pasted.txt")));
    $("[data-example]", panel).addEventListener("click", async () => {
      const answer = await ask("/v1/examples/help").catch((error) => complain(this.panel, error));
      if (answer) this.#begin(new File([await answer.blob()], "help.txt"));
    });
    $(".again", panel).addEventListener("click", () => this.#leave());
    $(".prompt", panel).addEventListener("submit", (event) => { event.preventDefault(); this.#sample(event.target); });
  }

  jobs() { return { job: this.id }; }

  async resume() {
    const { job } = remembered("write");
    if (job) this.#follow(job).catch((error) => { remember("write", {}); complain(this.panel, error); });
  }

  async #begin(file) {
    complain(this.panel, null);
    try {
      const minutes = Number($("[name=minutes]", this.panel).value);
      await this.#follow((await start("write", file, { samples: true, minutes })).id);
    } catch (error) {
      complain(this.panel, error);
    }
  }

  async #follow(id) {
    const { panel } = this, known = await jobOf(id), box = $(".verdict", panel);
    this.id = id;
    remember("write", this.jobs());
    show($(".start", panel), false);
    show($(".work", panel), true);
    show($(".ask", panel), false);
    show($(".ended", panel), false);
    $(".file", panel).textContent = known.sent.file[0];
    $(".samples div", panel).replaceChildren(make("p", { class: "faded" }, "What it writes comes here, after each pass over the text."));
    this.losses.reset();
    this.following?.abort();
    const { signal } = (this.following = new AbortController());
    box.className = "verdict answer waiting";
    const { text, bar } = waiting(box, "Reading", () => id, (error) => complain(this.panel, error));
    try {
      const ended = await follow(id, (kind, data) => this.#heard(kind, data, text, bar), signal);
      this.#ended(ended, box);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  #heard(kind, data, text, bar) {
    if (kind === "counting" && data.counting != null) this.losses.setCounting(data.counting);
    if (kind === "sample") this.#written(data.of, data.sample);
    if (kind === "status" && data.status === "queued") text.textContent = "Waiting for its turn";
    if (kind !== "progress") return;
    const { text: said, share } = progressOf(data.progress);
    text.textContent = said;
    if (share != null) bar.value = share;
    const line = data.progress.find(({ note }) => note?.startsWith("loss"));
    const [, loss, , held] = line?.note.match(/loss ([\d.]+)(, validation ([\d.]+))?/) ?? [];
    if (loss) this.losses.add(line.done, Number(loss), held ? Number(held) : null);
  }

  #written(name, sample) {
    const place = $(".samples div", this.panel);
    place.querySelector(".faded")?.remove();
    place.prepend(make("figure", {}, make("figcaption", {}, capital(name.replace("epoch", "pass"))), make("pre", { tabindex: "0" }, sample)));
  }

  #ended(ended, box) {
    if (ended.status !== "done") {
      unanswered(box, unfinished(ended));
      if (ended.status === "cancelled") { this.id = null; remember("write", {}); }
      return;
    }
    const { verdict, samples } = ended.result, [claim, title] = verdict ? CLAIMS[verdict.claim] : ["too_little", "Learnt"];
    answer(box, claim, title, verdict?.sentence);
    this.#written("at the end", samples.at(-1));
    show($(".ask", this.panel), true);
    show($(".ended", this.panel), true);
    $(".ended", this.panel).replaceChildren(...[["report.html", "Open the report"], ["model.recur", "Model"], ["samples.txt", "Samples"]].map(([name, label]) =>
      make("button", { type: "button", onclick: () => take(ended.id, name).catch((error) => complain(this.panel, error)) }, label)));
  }

  async #sample(form) {
    const button = $("button", form), place = $(".ask output", this.panel);
    button.disabled = true;
    try {
      const { texts } = await post(`/v1/jobs/${this.id}/predict`, {
        ...(form.prime.value && { prime: form.prime.value }), length: Number(form.length.value) || 400,
        temperature: Number(form.temperature.value), unknown: "skip", seed: Math.floor(Math.random() * 1e9),
      });
      place.replaceChildren(make("pre", {}, texts[0]));
    } catch (error) {
      place.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  #leave() {
    this.following?.abort();
    if (this.id && !$(".ask", this.panel).checkVisibility()) cancel(this.id).catch(() => {});
    this.id = null;
    remember("write", {});
    leave(this.panel);
  }
}
