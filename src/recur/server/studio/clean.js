// The tab that cleans signals: learn from a noisy and a clean recording, then see, hear and clean others.
import { ask, cancel, capital, describe, follow, fileOf, job as jobOf, made, save, start } from "./api.js";
import { remember, remembered } from "./address.js";
import { answer } from "./findings.js";
import { SignalChart } from "./signals.js";
import { $, make, percent, progressOf, show, takeDropped } from "./page.js";
import { complain, leave, unanswered, unfinished, waiting } from "./waiting.js";

const TITLES = { skill: ["skill", "It cleans better than the usual filters"], none: ["none", "No better than the usual filters"] };
const isSound = (file) => /\.wave?$/i.test(file.name);

export class CleanTab {
  constructor(panel) {
    this.panel = panel;
    const input = $(".start input[type=file]", panel), other = $(".other", panel);
    input.addEventListener("change", () => { if (input.files[0]) this.take(input.files[0]); input.value = ""; });
    other.addEventListener("change", () => { if (other.files[0]) this.#clean(other.files[0]); other.value = ""; });
    takeDropped(panel, (file) => {
      if ($(".picture", panel).checkVisibility()) return this.#clean(file);
      this.#leave();
      this.take(file);
    });
    $("[data-example]", panel).addEventListener("click", async () => {
      const answer = await ask("/v1/examples/recording").catch((error) => complain(this.panel, error));
      if (answer) this.take(new File([await answer.blob()], "recording.csv"));
    });
    this.form = $(".choices", panel);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#learn(); });
    $(".again", panel).addEventListener("click", () => this.#leave());
  }

  jobs() { return { job: this.id }; }

  async resume() {
    const { job } = remembered("clean");
    if (!job) return;
    try {
      const known = await jobOf(job);
      await this.take(await fileOf(known), known.settings);
      await this.#follow(job);
    } catch (error) {
      remember("clean", {});
      complain(this.panel, error);
    }
  }

  async take(file, chosen = {}) {
    this.file = file;
    complain(this.panel, null);
    const sound = isSound(file);
    try {
      const columns = sound ? [] : (await describe(file, {})).columns.filter(({ holds }) => holds === "numbers").map(({ name }) => name);
      if (!sound && columns.length < 2) throw new Error(`${file.name} has ${columns.length === 1 ? "one column" : "no column"} of numbers; a noisy and a clean one are needed.`);
      for (const [k, name] of ["noisy", "clean"].entries()) {
        const usual = chosen[name] ?? columns.find((column) => column.toLowerCase().includes(name)) ?? columns[k];
        this.form[name].replaceChildren(...columns.map((column) => make("option", { selected: column === usual }, column)));
      }
    } catch (error) {
      return complain(this.panel, error);
    }
    for (const one of this.panel.querySelectorAll(".of-table")) show(one, !sound);
    show($(".of-sound", this.panel), sound);
    show($(".start", this.panel), false);
    show($(".work", this.panel), true);
    show($(".verdict", this.panel), false);
    show($(".picture", this.panel), false);
    $(".file", this.panel).textContent = file.name;
  }

  async #learn() {
    complain(this.panel, null);
    try {
      const clean = this.form["clean-sound"].files[0];
      if (isSound(this.file) && !clean) throw new Error("Choose the same sound without noise as well.");
      const begun = isSound(this.file) ? await start("denoise", this.file, {}, { clean })
        : await start("denoise", this.file, { noisy: this.form.noisy.value, clean: this.form.clean.value });
      await this.#follow(begun.id);
    } catch (error) {
      complain(this.panel, error);
    }
  }

  async #follow(id) {
    this.id = id;
    remember("clean", this.jobs());
    const box = $(".verdict", this.panel);
    show(box, true);
    const ended = await this.#waiting(id, box);
    if (!ended) return;
    if (ended.status !== "done") {
      this.id = null;
      remember("clean", {});
      return unanswered(box, unfinished(ended));
    }
    const { verdict } = ended.result, [claim, title] = TITLES[verdict?.claim] ?? ["too_little", "Too little to say"];
    answer(box, claim, title, verdict?.sentence);
    await this.#clean(this.file);
  }

  async #waiting(id, box) {
    this.following?.abort();
    const { signal } = (this.following = new AbortController());
    box.className = "verdict answer waiting";
    const { text, bar } = waiting(box, "Reading", () => id, (error) => complain(this.panel, error));
    try {
      return await follow(id, (kind, data) => {
        if (kind === "status" && data.status === "queued") text.textContent = "Waiting for its turn";
        if (kind !== "progress") return;
        const { text: said, share } = progressOf(data.progress);
        text.textContent = share == null ? `${said} …` : `${said}, ${percent(share)}`;
        if (share != null) bar.value = share;
      }, signal);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return null;
    }
  }

  // Clean a recording with what was learnt, and show it beside what it was.
  async #clean(file) {
    complain(this.panel, null);
    this.panel.classList.add("busy");
    try {
      const begun = await start("predict", file, {}, { model: await made(this.id, "model.recur") });
      const ended = await follow(begun.id, () => {});
      if (ended.status !== "done") throw new Error(capital(ended.error ?? "It was cancelled."));
      const cleaned = await made(begun.id, ended.files.find((name) => name.startsWith("cleaned")));
      show($(".picture", this.panel), true);
      await this.#draw(file, cleaned, ended.result.cleaned);
      $(".files", this.panel).replaceChildren(
        make("button", { type: "button", onclick: () => save(cleaned, cleaned.name) }, "What was cleaned"),
        make("button", { type: "button", onclick: async () => save(await made(this.id, "model.recur"), "model.recur") }, "Model"));
    } catch (error) {
      complain(this.panel, error);
    } finally {
      this.panel.classList.remove("busy");
    }
  }

  async #draw(noisy, cleaned, rows) {
    this.chart ??= new SignalChart($(".signal", this.panel));
    const place = $(".sounds", this.panel), sound = isSound(noisy);
    for (const player of place.querySelectorAll("audio")) URL.revokeObjectURL(player.src);
    place.replaceChildren(...(sound ? [["Before", noisy], ["After", cleaned]].map(([name, file]) =>
      make("label", {}, name, make("audio", { controls: true, src: URL.createObjectURL(new Blob([file], { type: "audio/wav" })) }))) : []));
    if (sound) return this.chart.show(...await Promise.all([noisy, cleaned].map(samples)));
    const names = Object.keys(rows[0].values), half = names.length / 2;
    this.chart.show(rows.map((row) => row.values[names[0]]), rows.map((row) => row.values[names[half]]));
  }

  #leave() {
    this.following?.abort();
    if (this.id && !$(".picture", this.panel).checkVisibility()) cancel(this.id).catch(() => {});
    this.id = null;
    remember("clean", {});
    leave(this.panel);
  }
}

async function samples(file) {
  const sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(await file.arrayBuffer());
  return sound.getChannelData(0);
}
