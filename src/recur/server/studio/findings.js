// What was found, in words and tables: what the data are, a verdict, errors, a forecast.
import { count, decimals, make, methodName, table, written } from "./page.js";

const CLAIMS = { skill: "Better than every simple answer", none: "No evidence that it beats simple answers", too_little: "Too little data to say" };

// Tell what the data are; returns the line below the title.
export function facts(place, look) {
  const { data, series: [one] } = look.about;
  const number = (value) => written(value, decimals([data.least, data.greatest, data.mean]));
  const several = data.series > 1 ? `${count(data.series, "series", "series")}, ` : "";
  const rows = [
    ["One step is", data.clock, several + count(data.rows, "value")],
    ["Season", data.season > 1 ? count(data.season, "step") : "none", data.seasons_beside.length ? `and ${data.seasons_beside.join(", ")}` : one.season_strength != null && data.season > 1 ? `strength ${one.season_strength.toFixed(2)} of 1` : "that stands out"],
    ["Missing", data.missing ? count(data.missing, "value") : "none", one.missing.first.map((gap) => (gap.steps > 1 ? `${gap.start} to ${gap.end}` : gap.start)).slice(0, 2).join(", ")],
    ["Unusual", one.outliers.count ? count(one.outliers.count, "value") : "none", one.outliers.first.map((each) => each.time).slice(0, 2).join(", ")],
    ["Values", number(data.mean), `on average, from ${number(data.least)} to ${number(data.greatest)}`],
  ];
  const sentences = [one.random_walk?.sentence.replace(/ \([^)]*\)/, ""), one.notice, ...data.repairs.map((each) => each.sentence ?? ""), ...(look.notices ?? [])].filter(Boolean);
  place.replaceChildren(
    make("dl", { class: "facts" }, ...rows.map(([name, value, more]) => make("div", {}, make("dt", {}, name), make("dd", {}, make("b", {}, value), make("span", {}, more))))),
    ...[...new Set(sentences)].map((sentence) => make("p", {}, sentence)));
  return `${several}${count(data.rows, "value")}, ${data.clock}, from ${data.start} to ${data.end}`;
}

// A sentence whose numbers stay with their signs and with what they count.
const joined = (sentence) => sentence.replace(/(\d) %/g, "$1\u00a0%").replace(/(^|[ (])-(?=\d)/g, "$1\u2212");

const UNJUDGED = "Nothing was held out to judge it by.";

export function answer(place, claim, title, sentence = UNJUDGED) {
  place.className = "verdict answer";
  place.style.setProperty("--claim", `var(--${claim})`);
  place.replaceChildren(make("h2", {}, title), make("p", {}, joined(sentence)));
}

export function verdict(place, said) {
  if (said) return answer(place, said.claim, CLAIMS[said.claim], said.sentence);
  place.className = "verdict answer";
  place.replaceChildren(make("p", {}, UNJUDGED));
}

export function errorTable({ errors, walk, verdict: said }) {
  const names = Object.keys(errors), measures = { mae: "Mean error", rmse: "Root mean square", mase: "Scaled by the season" };
  const shown = Object.keys(measures).filter((measure) => names.some((name) => errors[name][measure] != null));
  const places = shown.map((measure) => decimals(names.map((name) => errors[name][measure])));
  const order = names.sort((a, b) => errors[a].rmse - errors[b].rmse);
  const own = said?.judged in errors ? said.judged : "network";
  const rows = order.map((name) => [methodName(name), ...shown.map((measure, k) => written(errors[name][measure], places[k]))]);
  return table(["", ...shown.map((measure) => measures[measure])], rows, {
    caption: `On ${count(walk.held_out, "value")} that it had not seen, ${count(walk.horizon, "step")} ahead. Lower is better.`,
    marked: [order.indexOf(own)],
  });
}

export function forecastTable(rows, places, id) {
  const names = Object.keys(rows[0] ?? {}).filter((name) => /^(low|high)_/.test(name));
  const ordered = ["low_95", "low_80", "high_80", "high_95"].filter((name) => names.includes(name));
  const heads = ordered.map((name) => name.replace("low_", "low ").replace("high_", "high ") + " %");
  return table(["Time", "Forecast", ...heads],
    rows.map((row) => [row.time.replace("T", " "), written(row.value, places), ...ordered.map((name) => written(row[name], places))]),
    { caption: id });
}
