// What pages need beyond HTML: live parts, the folded menu, questions before danger, keys.
// Everything works without it, only not by itself.

const said = document.getElementById("said");

/** Tell a screen reader something, politely. */
export function say(text) {
  if (said) said.textContent = text;
}

/** Send a POST with the page's own token; resolves to the response. */
export function post(path, fields = {}) {
  return fetch(path, {
    method: "POST",
    headers: { "X-CSRF": document.body.dataset.csrf },
    body: new URLSearchParams(fields),
  });
}

// Live parts: <section data-live="fleet alarms" data-fragment="/fragments/fleet?..."> is fetched
// anew when one of its topics changes. One stream serves the whole page, and none runs while
// nobody looks.

const waiting = new Set();
let stream = null;

/** Fetch one part anew, and keep focus and scroll where they are. */
export async function renew(part) {
  if (waiting.has(part)) {
    part.dataset.again = "";
    return;
  }
  waiting.add(part);
  try {
    const answer = await fetch(part.dataset.fragment, { headers: { Accept: "text/html" } });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (answer.ok) replace(part, await answer.text());
  } catch {
    part.classList.add("stale");
  } finally {
    waiting.delete(part);
    if ("again" in part.dataset) {
      delete part.dataset.again;
      renew(part);
    }
  }
}

function replace(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolls = [...part.querySelectorAll(".scroll")].map((each) => each.scrollLeft);
  const fresh = new DOMParser().parseFromString(html, "text/html");
  part.replaceChildren(...fresh.body.childNodes);
  part.classList.remove("stale");
  [...part.querySelectorAll(".scroll")].forEach((each, i) => (each.scrollLeft = scrolls[i] ?? 0));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  part.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
}

function parts() {
  return [...document.querySelectorAll("[data-live]")];
}

// The stream is told the last moment that the page knows, and tells what changed since.
let mark = document.body.dataset.mark;

function listen() {
  const topics = new Set(parts().flatMap((part) => part.dataset.live.split(" ")));
  if (!topics.size || stream || document.hidden) return;
  const query = new URLSearchParams({ topics: [...topics].join(","), since: mark });
  stream = new EventSource(`/live?${query}`);
  stream.onmessage = (event) => {
    mark = event.lastEventId;
    const changed = event.data.split(" ");
    for (const part of parts()) {
      if (part.dataset.live.split(" ").some((topic) => changed.includes(topic))) renew(part);
    }
  };
  stream.onerror = () => {
    if (!document.body.classList.contains("lost")) say(document.body.dataset.lost);
    document.body.classList.add("lost");
  };
  stream.onopen = () => document.body.classList.remove("lost");
}

// Nobody looks: no stream. It goes on where it was when somebody looks again.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else {
    listen();
  }
});
listen();

// The menu of narrow screens.

const bar = document.querySelector(".bar");
const button = document.querySelector(".menu-button");
if (bar && button) {
  bar.classList.add("folded");
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = bar.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
  });
}

// A question before what cannot be undone: <form data-confirm="...">.

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm ?? event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// <button data-copy="id">: what stands there goes to the clipboard.

document.addEventListener("click", async (event) => {
  const target = event.target.closest?.("[data-copy]");
  if (!target) return;
  await navigator.clipboard.writeText(document.getElementById(target.dataset.copy).textContent);
  say(target.dataset.done ?? "");
});

// <select data-submit>: its form goes off when another entry is chosen.

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});

// Keys: "/" to the search field of the page.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});
