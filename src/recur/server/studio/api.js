// What the studio asks the server: requests with a token where one is needed, jobs and what happens.
let token = sessionStorage.getItem("token") ?? "";
const told = { token: async () => "" };

export const whenTokenIsNeeded = (ask) => { told.token = ask; };

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// Ask for something; every refusal of the server is one sentence, thrown as `Refused`.
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { ...headers, ...(token && { Authorization: `Bearer ${token}` }) };
  let answer;
  try {
    answer = await fetch(path, { method, body, headers: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The server does not answer. It may have been stopped: start it again, and reload this page.");
  }
  if (answer.status === 401) {
    token = await told.token();
    sessionStorage.setItem("token", token);
    return ask(path, { method, body, headers, signal });
  }
  if (!answer.ok) throw new Refused(answer.status, await sentence(answer));
  return answer;
}

async function sentence(answer) {
  try {
    const { error } = await answer.json();
    return capital(error);
  } catch {
    return `The server answered with ${answer.status}.`;
  }
}

// A sentence begins with a capital, unless it does with the name of a file.
export const capital = (text) => (/^[a-z]+[ ,]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text);

export const json = async (path, how) => (await ask(path, how)).json();
export const post = (path, values, signal) =>
  json(path, { method: "POST", body: JSON.stringify(values), headers: { "Content-Type": "application/json" }, signal });

export function form(file, settings, more = {}) {
  const data = new FormData();
  for (const [name, value] of Object.entries(more)) data.append(name, value);
  data.append("settings", JSON.stringify(settings));
  data.append("file", file, file.name);
  return data;
}

export const describe = (file, settings, signal) =>
  json("/v1/describe", { method: "POST", body: form(file, settings), signal });
export const start = (verb, file, settings, more = {}) =>
  json("/v1/jobs", { method: "POST", body: form(file, settings, { verb, ...more }) });
export const made = async (id, name) =>
  new File([await (await ask(`/v1/jobs/${id}/files/${encodeURIComponent(name)}`)).blob()], name);
export const job = (id) => json(`/v1/jobs/${id}`);
export const cancel = (id) => json(`/v1/jobs/${id}`, { method: "DELETE" });

export async function fileOf(job) {
  const name = job.sent.file[0];
  const answer = await ask(`/v1/jobs/${job.id}/sent/${encodeURIComponent(name)}`);
  return new File([await answer.blob()], name);
}

// Follow a job until it has ended, over a lost connection too; returns it as it is then.
export async function follow(id, heard, signal) {
  let last = "0";
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    try {
      const answer = await ask(`/v1/jobs/${id}/events`, { headers: { "Last-Event-ID": last }, signal });
      for await (const event of events(answer.body)) {
        last = event.id ?? last;
        wait = 500;
        if (event.type === "end") return await job(id);
        heard(event.type, event.data);
      }
    } catch (error) {
      if (error.name === "AbortError" || error.status) throw error;
    }
    await new Promise((done) => setTimeout(done, wait));
    signal?.throwIfAborted();
  }
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields.data) yield { type: fields.event, id: fields.id, data: JSON.parse(fields.data) };
    }
  }
}

// Save a file that came of a job, or open a page; a link cannot send the token.
export async function take(id, name) {
  const address = `/v1/jobs/${id}/files/${encodeURIComponent(name)}`;
  if (token) save(await (await ask(address)).blob(), name);
  else if (name.endsWith(".html")) open(address, "_blank", "noopener");
  else link(address, name);
}

export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  link(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function link(address, name) {
  const element = document.createElement("a");
  element.href = address;
  element.download = name;
  element.click();
}
