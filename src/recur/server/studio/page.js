// Small things that all parts of the page use: elements, numbers, tables, copying, what a job says.
export const $ = (selector, within = document) => within.querySelector(selector);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export const show = (element, visible) => { element.hidden = !visible; };

// Let files be dropped on a part of the page, as they are chosen.
export function takeDropped(panel, take) {
  const place = $(".drop", panel);
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
    panel.addEventListener(name, (event) => { event.preventDefault(); place.classList.toggle("over", over); });
  panel.addEventListener("drop", (event) => { const [file] = event.dataTransfer.files; if (file) take(file); });
}

// How many decimals tell the values of a column apart, about five digits of the largest.
export function decimals(values) {
  const known = values.filter((value) => Number.isFinite(value)).map(Math.abs);
  const most = Math.max(0, ...known);
  if (!most || known.every((value) => Number.isInteger(value) && value < 1e9)) return 0;
  return Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(most))));
}

export const written = (value, places) => value == null ? "–"
  : Math.abs(value) >= 1e12 ? value.toExponential(3)
    : value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });

export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
export const percent = (share) => `${(100 * share).toLocaleString("en", { maximumFractionDigits: Math.abs(share) < 0.1 ? 1 : 0 })} %`;

// A table of rows of texts; the first column names the row.
export function table(heads, rows, { caption, marked = [], text = [] } = {}) {
  const cell = (value, k) => make(k ? "td" : "th", { scope: k ? null : "row", class: text.includes(k) ? "text" : null }, value);
  return make("table", {},
    caption && make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((head, k) => make("th", { scope: "col", class: text.includes(k) ? "text" : null }, head)))),
    make("tbody", {}, ...rows.map((row, i) => make("tr", { class: marked.includes(i) ? "best" : null }, ...row.map(cell)))));
}

export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // where there is no clipboard: select it, for the reader to copy
    getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

// What is said of a job that runs: what it does in words, and how much of it is done.
export function progressOf(lines) {
  const known = lines.filter((line) => line.total);
  const first = known[0] ?? lines[0];
  if (!first) return { text: "Judging", share: null };
  const inner = known[1];
  let share = first.total ? first.done / first.total : null;
  if (share != null && inner) share += inner.done / inner.total / first.total;
  const word = first.what === "methods" ? `Method ${Math.min(first.done + 1, first.total)} of ${first.total}: ${methodName(first.note)}`
    : first.what[0].toUpperCase() + first.what.slice(1);
  return { text: word, share };
}

const METHODS = {
  network: "the network trained on these data", last_value: "repeat the last value", seasonal_naive: "repeat the last season",
  drift: "drift", mean: "mean of the history", window_mean: "mean of the newest values",
  seasonal_mean: "mean of the season", linear: "linear autoregression", one_value: "network that sees one value",
  mlp: "MLP", rnn: "RNN", gru: "GRU", lstm: "LSTM", mingru: "minGRU", slstm: "sLSTM", deep: "two layers of GRU",
  conv_gru: "convolution and GRU", encoder_decoder: "encoder and decoder", pretrained: "pretrained network",
  tuned: "pretrained network, tuned", ets: "AutoETS", arima: "AutoARIMA", theta: "Theta", blend: "blend of pretrained and classical",
  classical: "classical methods",
};
export const methodName = (name) => METHODS[name] ?? String(name).replaceAll("_", " ");

export const later = (wait, act) => {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), wait); };
};
