// Comfort, never need: every page is complete without this module. It keeps
// nothing (no storage of any kind), sends nothing but the form that was sent
// and a HEAD to stay signed in, and takes its words from the page.

const words = () => document.getElementById("comfort").dataset;
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// --- Unsent text: leaving a page with it makes the browser ask.

let unsent = false;
addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });
document.addEventListener("input", (event) => {
  if (event.target.form?.method === "post" && !event.target.matches("[type=password]")) unsent = true;
});

// --- Leaving quickly: the page goes dark first, and does not come back.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href='/leave']");
  if (!link) return;
  event.preventDefault();
  unsent = false;
  document.body.hidden = true;
  location.replace(link.href);
});

// --- Sending files: how far it is, and a way to stop. What was typed and
// chosen stays until the answer is there.

document.addEventListener("submit", (event) => {
  unsent = false;
  const form = event.target;
  const chosen = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length > 0);
  if (!chosen || form.enctype !== "multipart/form-data") return;
  event.preventDefault();
  if (form.querySelector(".sending")) return;
  send(form, event.submitter);
});

function send(form, submitter) {
  const action = new URL(submitter?.formAction || form.action);
  const bar = make("progress", { max: 100, value: 0 });
  const status = make("span", { role: "status" });
  const cancel = make("button", { type: "button", className: "second", textContent: words().cancel });
  const box = make("div", { className: "notice sending" }, make("label", {}, words().sending, bar), status, cancel);
  (submitter?.closest(".actions") || form).after(box);
  cancel.focus();

  const request = new XMLHttpRequest();
  const stop = (text) => {
    unsent = true;
    box.replaceWith(make("p", { className: "error", role: "alert", textContent: text }));
    submitter?.focus();
  };
  let told = -10;
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = Math.floor((100 * loaded) / total);
    if (bar.value - told < 10 && bar.value < 100) return;
    told = bar.value;
    status.textContent = say(words().sent, { percent: bar.value });
  };
  request.onerror = () => stop(words().failed);
  request.onabort = () => stop(words().cancelled);
  request.onload = () => {
    box.remove();
    const at = new URL(request.responseURL);
    if (at.pathname !== action.pathname) location.assign(request.responseURL);
    else show(request.responseText, action.hash);
  };
  form.parentElement.querySelectorAll(".error[role=alert]").forEach((old) => old.remove());
  cancel.onclick = () => request.abort();
  request.open("POST", action);
  request.send(new FormData(form, submitter));
}

// The answer takes the page's place as it would without script, and «back»
// brings the page before, with everything typed and chosen in it.

const pages = [];
let at = 0;

function show(html, hash) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  pages[at] = keep();
  pages[++at] = { body: document.adoptNode(answer.body), title: answer.title, lang: answer.documentElement.lang };
  history.pushState(at, "");
  put(pages[at]);
  enhance();
  const target = document.querySelector(".summary") || document.getElementById(hash.slice(1)) || document.getElementById("main");
  target.scrollIntoView();
  target.focus();
}

const keep = () => ({ body: document.body, title: document.title, lang: document.documentElement.lang });

function put(page) {
  document.body.replaceWith(page.body);
  document.title = page.title;
  document.documentElement.lang = page.lang;
}

addEventListener("popstate", ({ state }) => {
  if (pages.length === 0) return;
  const wanted = pages[state ?? 0];
  if (!wanted) return location.reload();
  pages[at] = keep();
  at = state ?? 0;
  put(wanted);
});

// --- Chosen files, with their sizes, and each can be taken away again.

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file]")) list(event.target);
});

function list(field) {
  const size = (n) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(Math.max(n / 1048576, 0.1)) + " MB";
  const rows = [...field.files].map((file) => {
    const remove = make("button", { type: "button", className: "link", textContent: words().remove });
    remove.append(make("span", { className: "unseen", textContent: ": " + file.name }));
    remove.onclick = () => {
      const rest = new DataTransfer();
      for (const other of field.files) if (other !== file) rest.items.add(other);
      field.files = rest.files;
      list(field);
      field.focus();
    };
    return make("li", {}, make("span", { textContent: file.name }), " ", make("span", { className: "hint", textContent: size(file.size) }), " ", remove);
  });
  field.parentElement.querySelector(".chosen")?.remove();
  if (rows.length > 0) field.after(make("ul", { className: "files chosen" }, ...rows));
}

// --- Copying a case code.

function copy(code) {
  const done = make("span", { role: "status", className: "hint" });
  const button = make("button", { type: "button", className: "quick", textContent: words().copy });
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent.trim().replace(/\s+/g, " "));
      done.textContent = words().copied;
    } catch {
      getSelection().selectAllChildren(code);
    }
  };
  code.after(make("p", { className: "no-print" }, button, " ", done));
}

// --- Rows of a list, as one types.

function filter(table) {
  const rows = [...table.tBodies[0].rows];
  const count = make("span", { role: "status", className: "hint" });
  const field = make("input", { type: "search", autocomplete: "off" });
  field.oninput = () => {
    const wanted = field.value.trim().toLocaleLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    count.textContent = wanted && say(words().found, { shown: rows.filter((row) => !row.hidden).length, all: rows.length });
  };
  table.closest(".scroll").before(make("p", { className: "short" }, make("label", {}, words().filter, field), count));
}

// --- The end of a visit: said two minutes before, with a way to stay.

const warning = 120_000;
let ends = Infinity;

function watch() {
  const left = ends - Date.now();
  const box = document.querySelector(".ends");
  if (left > warning || (box && left > 0) || box?.dataset.over) return;
  if (left <= 0) return over();
  const stay = make("button", { type: "button", textContent: words().stay });
  stay.onclick = async () => {
    const answer = await fetch(words().stayAt, { method: "HEAD" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return over();
    begin();
    document.querySelector(".ends").remove();
  };
  tell(words().ends, stay);
}

function over() {
  ends = 0;
  tell(words().over).dataset.over = "yes";
}

function tell(text, ...more) {
  document.querySelector(".ends")?.remove();
  const box = make("div", { className: "notice due ends", role: "alert" }, make("p", { textContent: text }), ...more);
  document.body.append(box);
  return box;
}

function begin() {
  const seconds = Number(words().session);
  ends = seconds > 0 ? Date.now() + seconds * 1000 : Infinity;
}

function enhance() {
  begin();
  // A member who enters a report for somebody is not helped to keep the code.
  if (words().copy) document.querySelectorAll(".code:not(.print .code)").forEach(copy);
  document.querySelectorAll("[data-filter] table").forEach(filter);
}

enhance();
setInterval(watch, 5000);
