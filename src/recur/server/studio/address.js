// What the address of the page says: the tab, and the jobs that a reload takes up again.
const read = () => new URLSearchParams(location.hash.slice(1));

export const remembered = (tab) => (read().get("tab") === tab ? Object.fromEntries(read()) : {});

export function remember(tab, values) {
  const known = Object.entries(values).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams([["tab", tab], ...known])}`);
}

export const tabOf = () => read().get("tab") ?? "forecast";
