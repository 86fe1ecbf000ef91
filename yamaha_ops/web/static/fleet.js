// The fleet as one types: the form works without this, only not before it is sent.

import { renew } from "/static/console.js";

const form = document.getElementById("find");
const part = document.getElementById("fleet");

function query() {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) fields.append(name, value);
  return fields.toString();
}

let timer = 0;

function look() {
  const found = query();
  part.dataset.fragment = `/fragments/fleet?${found}`;
  history.replaceState(null, "", found ? `/?${found}` : "/");
  renew(part);
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 180);
});

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  look();
});
