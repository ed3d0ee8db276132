// What stands where the answer of a job will: how far it is and a button that ends it, or why there is none.
import { cancel, capital } from "./api.js";
import { $, make, show } from "./page.js";

// Say that a job runs; `id` gives the one that the button ends, `failed` is told why it could not.
export function waiting(place, begins, id, failed) {
  const text = make("p", {}, begins), bar = make("progress", { max: 1, "aria-label": "How much is done" });
  const stop = make("button", { type: "button", onclick: () => id() && cancel(id()).catch(failed) }, "Cancel");
  place.replaceChildren(text, make("p", { class: "bar" }, bar, stop));
  return { text, bar };
}

export function unanswered(box, sentence, ...more) {
  box.className = "verdict answer";
  box.style.setProperty("--claim", "var(--faded)");
  box.replaceChildren(make("p", {}, sentence), ...more);
}

export const unfinished = (ended) => (ended.status === "cancelled" ? "You cancelled this." : capital(ended.error));

// Say in a tab what went wrong, or that nothing does any more.
export function complain(panel, error) {
  const place = $(".problem", panel);
  show(place, Boolean(error));
  place.textContent = error?.message ?? "";
}

// Go back to where a tab begins.
export function leave(panel) {
  complain(panel, null);
  show($(".work", panel), false);
  show($(".start", panel), true);
}
