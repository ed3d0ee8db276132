// The page: its tabs, and the token that a server may ask for.
import { whenTokenIsNeeded } from "./api.js";
import { remember, tabOf } from "./address.js";
import { CleanTab } from "./clean.js";
import { ForecastTab } from "./forecast.js";
import { $, show } from "./page.js";
import { WriteTab } from "./write.js";

const tabs = [...document.querySelectorAll("[role=tab]")];

function choose(tab, { focus = false } = {}) {
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
    show($(`#${one.getAttribute("aria-controls")}`), one === tab);
  }
  if (focus) tab.focus();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => { choose(tab); remember(tab.id.slice(4), parts[tab.id.slice(4)]?.jobs?.() ?? {}); });
  tab.addEventListener("keydown", ({ key }) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by) choose(tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length], { focus: true });
  });
}

let asking = null;
whenTokenIsNeeded(() => (asking ??= new Promise((done) => {
  const dialog = $("dialog.token");
  dialog.showModal();
  dialog.addEventListener("close", () => { asking = null; done($("input", dialog).value); }, { once: true });
})));

const parts = { forecast: new ForecastTab($("#forecast")), write: new WriteTab($("#write")), clean: new CleanTab($("#clean")) };
choose($(`#tab-${tabOf()}`) ?? tabs[0]);
for (const part of Object.values(parts)) part.resume();
