// Brings the page to life: local times, and news counted until the reader asks for it; pages without a
// stream of their own (feeds, lag) are loaded again every so often.
// Everything works without this file. Nothing from outside is ever written as HTML here: a refresh
// asks the server for the page again and takes over its own, escaped list.
"use strict";

const live = document.getElementById("live");
const state = document.getElementById("state");
const show = document.getElementById("show");
const pause = document.getElementById("pause");
const calm = state.textContent;
let stories = document.getElementById("stories");
let position = stories.dataset.position;
let waiting = 0;
let source = null;
let retry = 0;

function localTimes(root) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang + "-u-nu-latn", {
    dateStyle: "medium", timeStyle: "short",
  });
  for (const time of root.querySelectorAll("time")) {
    const instant = new Date(time.dateTime);
    if (!isNaN(instant)) {
      time.title = time.textContent;
      time.textContent = format.format(instant);
      time.dir = "auto";
    }
  }
}

function tell(text) {
  state.textContent = text;
}

function count(added) {
  waiting += added;
  show.hidden = waiting === 0;
  show.textContent = live.dataset.fresh.replace("{n}", waiting);
}

// The browser parses the answer by itself: no string becomes HTML here, so that the policy can forbid it.
function load(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 30000;
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject());
    request.onerror = request.ontimeout = reject;
    request.send();
  });
}

async function refresh(asked) {
  try {
    const fresh = document.adoptNode((await load(location.href)).getElementById("stories"));
    const focused = stories.contains(document.activeElement);
    const opened = new Set([...stories.querySelectorAll("details[open]")].map(place));
    localTimes(fresh);
    for (const details of fresh.querySelectorAll("details")) details.open = opened.has(place(details));
    stories.replaceWith(fresh);
    stories = fresh;
    position = fresh.dataset.position;
    waiting = 0;
    count(0);
    live.classList.remove("lost");
    if (asked) tell(live.dataset.updated);
    if (source !== null) connect();
    if (asked || focused) fresh.focus({ preventScroll: true });
  } catch {
    live.classList.add("lost");
    tell(live.dataset.lost);
  }
}

// What a reader has unfolded stays so: a fold is known by its article and its kind.
function place(details) {
  return details.closest("article[id], section, li").id + details.className;
}

function connect() {
  disconnect();
  if (!live.dataset.stream) {
    source = setInterval(() => { if (!document.hidden) refresh(false); }, 1000 * live.dataset.every);
    return;
  }
  const address = new URL(live.dataset.stream, location.href);
  address.searchParams.set("since", position);
  source = new EventSource(address);
  source.onopen = () => {
    if (live.classList.contains("lost")) tell(calm);
    live.classList.remove("lost");
    retry = 0;
  };
  source.onerror = () => {
    live.classList.add("lost");
    tell(live.dataset.lost);
    if (source.readyState === EventSource.CLOSED) {
      retry = Math.min(retry + 1, 6);
      setTimeout(() => { if (source !== null) connect(); }, 1000 * 2 ** retry);
    }
  };
  source.addEventListener("article", (event) => { position = event.lastEventId || position; count(1); });
  source.addEventListener("alert", (event) => { position = event.lastEventId || position; count(1); });
  source.addEventListener("gap", (event) => { position = event.lastEventId || position; count(1); });
}

function disconnect() {
  if (source instanceof EventSource) source.close(); else clearInterval(source);
  source = null;
}

pause.addEventListener("click", () => {
  const paused = source !== null;
  if (paused) disconnect(); else connect();
  live.classList.toggle("paused", paused);
  tell(paused ? live.dataset.paused : calm);
  pause.textContent = paused ? live.dataset.resume : live.dataset.pause;
});
show.addEventListener("click", () => refresh(true));
// A browser opens six connections to one host, and each stream holds one: what nobody sees gives its own back.
document.addEventListener("visibilitychange", () => {
  if (live.classList.contains("paused")) return;
  if (document.hidden) disconnect(); else if (source === null) connect();
});
addEventListener("pagehide", disconnect);
addEventListener("pageshow", (event) => {
  if (event.persisted && !live.classList.contains("paused")) connect();
});

localTimes(document);
live.hidden = false;
connect();
