/**
 * The play page: every move of a control asks for the upper part of the page and puts it in place; the sections with
 * their charts follow when the hand rests. One question is under way at a time and the newest waits, so the last
 * input wins and a server is never asked more than it answers. The address is always the question.
 */
import { draw } from "/static/js/charts.js";

const form = document.getElementById("ask");
const top_ = document.getElementById("top");
const below = document.getElementById("below");
const problem = document.getElementById("problem");
const ADDRESS_MS = 150; // after the last move the address follows: browsers bound how often it may change
const REST_MS = 350; // after the last move the sections follow
const GIVEN_UP_MS = 1500; // an answer that takes longer is left for the next one

let asked = 0; // number of the newest question
let shown = 0; // number of the question on the page
let under_way = null;
let waiting = null;
let resting = 0;
let addressing = 0;
let sections = null; // the request for the sections

/** The question in the form as the query of an address: what is empty is left out. */
function query() {
  const pairs = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") pairs.append(name, value);
  return pairs.toString();
}

function said(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

/** The message of an answer that is an error. */
async function refusal(answer) {
  try {
    const found = await answer.json();
    return found.error.message;
  } catch {
    return form.dataset.problem;
  }
}

const asking = (signal) => ({ signal, headers: { Accept: "application/json" } }); // so that a refusal comes as data

/** Ask for the newest question; while one is under way it waits, unless that one takes too long. */
function move() {
  const question = { number: ++asked, query: query(), from: performance.now() };
  clearTimeout(resting);
  if (sections) sections.abort();
  if (under_way && performance.now() - under_way.from < GIVEN_UP_MS) waiting = question;
  else {
    if (under_way) under_way.stop.abort();
    ask(question);
  }
  below.classList.add("stale"); // while the answer is made
  linked(question.query);
  clearTimeout(addressing);
  addressing = setTimeout(addressed, ADDRESS_MS, question.query);
}

/** The address is the question. */
function addressed(query) {
  history.replaceState(null, "", `/plan?${query}${location.hash}`);
}

/** Links to the other pages about the question go with it. */
function linked(query) {
  const plain = new URLSearchParams(query);
  plain.delete("lang");
  for (const link of document.querySelectorAll("nav.about a, nav.languages a")) {
    const address = new URL(link.href);
    const asked = address.pathname === "/compare" ? new URLSearchParams({ a: plain }) : new URLSearchParams(plain);
    const lang = address.searchParams.get("lang");
    if (lang) asked.set("lang", lang);
    address.search = asked;
    link.href = address.pathname + address.search;
  }
}

async function ask(question) {
  question.stop = new AbortController();
  under_way = question;
  try {
    const answer = await fetch(`${form.dataset.move}?${question.query}`, asking(question.stop.signal));
    if (!answer.ok) {
      const text = await refusal(answer);
      if (question.number === asked) said(text);
    } else {
      const html = await answer.text();
      performance.measure("fetched", { start: question.from });
      if (question.number > shown) {
        said("");
        show(top_, html);
        shown = question.number;
        painted(() => performance.measure("move", { start: question.from, detail: serverTimes(answer) }));
      }
    }
  } catch (error) {
    if (error.name !== "AbortError") said(form.dataset.offline);
  }
  if (under_way !== question) return; // a newer one took its place
  under_way = null;
  const next = waiting;
  waiting = null;
  if (next) ask(next);
  else rest();
}

/** What the server says it took and its processor time, in milliseconds. */
const serverTimes = (answer) =>
  [...(answer.headers.get("Server-Timing") || "").matchAll(/dur=([\d.]+)/g)].map((found) => Number(found[1]));

/** When what was changed is on the screen: after the next frame; at once where nothing is painted. */
function painted(then) {
  if (document.hidden) then();
  else requestAnimationFrame(() => setTimeout(then));
}

function show(place, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  place.replaceChildren(made.content);
}

/** When the hand rests: the whole plan, its sections and charts. */
function rest() {
  clearTimeout(resting);
  resting = setTimeout(whole, REST_MS);
}

async function whole() {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", rest, { once: true }); // the first sections are still coming
    return;
  }
  const number = asked;
  sections = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.answer}?${query()}`, asking(sections.signal));
    if (number !== asked) return;
    if (!answer.ok) {
      said(await refusal(answer));
      return;
    }
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    if (number !== asked) return;
    const part = (name) => made.content.querySelector(`[data-part=${name}]`);
    const opened = new Map([...below.querySelectorAll("details.section")].map((d) => [d.id, d.open]));
    if (part("top")) top_.replaceChildren(...part("top").childNodes); // of a goal that was searched for
    below.replaceChildren(...part("below").childNodes);
    for (const d of below.querySelectorAll("details.section")) d.open = opened.get(d.id) ?? d.open; // as the reader left them
    below.classList.remove("stale");
    scripted();
    draw(below);
    performance.mark("sections");
    document.dispatchEvent(new Event("question"));
  } catch (error) {
    if (error.name !== "AbortError") said(form.dataset.offline);
  }
}

// --- controls ----------------------------------------------------------------------------------------------------

/** The text a slider writes: every {n} or {n*share} of the template filled with the stop. */
function written(slide) {
  const stops = slide.dataset.stops.split(" ");
  const stop = stops[Number(slide.value)] ?? "";
  if (stop === "") return "";
  const filled = (_, share) => String(Number((Number(stop) * Number(share || 1)).toPrecision(4)));
  return slide.dataset.template.replace(/\{n(?:\*([\d.]+))?\}/g, filled);
}

function slid(slide) {
  const field = document.getElementById(slide.dataset.for);
  if (slide.dataset.template) field.value = written(slide);
  else field.selectedIndex = Number(slide.value);
  spoken(slide, field);
}

/** What a slider says to a screen reader: the words of its stop. */
function spoken(slide, field) {
  const text = field.tagName === "SELECT" ? field.options[field.selectedIndex]?.text : field.value || field.placeholder;
  slide.setAttribute("aria-valuetext", text || "");
}

for (const slide of form.querySelectorAll("input.slide")) {
  const field = document.getElementById(slide.dataset.for);
  slide.hidden = false;
  spoken(slide, field);
  slide.addEventListener("input", () => {
    slid(slide);
    move();
  });
  if (field.tagName === "SELECT")
    field.addEventListener("change", () => {
      slide.value = String(field.selectedIndex);
      spoken(slide, field);
    });
}

for (const mix of form.querySelectorAll("select.mix")) {
  const slide = document.getElementById(mix.dataset.for);
  mix.hidden = false;
  mix.addEventListener("change", () => {
    slide.dataset.template = mix.value;
    if (slide.value === "0") slide.value = String(slide.dataset.stops.split(" ").indexOf("300"));
    slid(slide);
    move();
  });
}

form.addEventListener("change", (event) => {
  if (event.target.classList.contains("slide") || event.target.classList.contains("mix")) return;
  if (event.target.dataset.suggest !== undefined) return; // another place is another page
  move();
});

form.addEventListener("submit", (event) => {
  const place = form.querySelector("[data-suggest]");
  if (place.value !== place.defaultValue) return; // the controls of another place come from the server
  event.preventDefault();
  move();
});

/** A chip takes its field back to the default. */
document.addEventListener("click", (event) => {
  const chip = event.target.closest("a[data-reset]");
  if (!chip || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const fields = resets(chip.dataset.reset);
  if (!fields.length) return; // a key without a control: the link leads there
  event.preventDefault();
  for (const field of fields) clear(field);
  move();
});

function resets(key) {
  const all = [...form.querySelectorAll("[data-key]")].map((control) => control.querySelector("[name]"));
  const kept = [...form.querySelectorAll("input[type=hidden]")].filter((field) => field.name !== "lang");
  if (key === "*") return [...all, ...kept];
  return [document.getElementById(`c-${key}`), ...kept.filter((f) => f.name === key || f.value.startsWith(`${key}=`))].filter(Boolean);
}

function clear(field) {
  if (field.type === "hidden") return field.remove();
  if (field.tagName === "SELECT") field.selectedIndex = 0;
  else field.value = "";
  const slide = form.querySelector(`input.slide[data-for="${field.id}"]`);
  if (!slide) return;
  slide.value = "0";
  spoken(slide, field);
}

// --- charts of a chosen fortnight ---------------------------------------------------------------------------------

/** What the sections need of a script, each time they are new. */
function scripted() {
  const chooser = below.querySelector("form[data-fortnight]");
  if (!chooser) return;
  chooser.hidden = false;
  const load = async () => {
    const start = new FormData(chooser).get("start");
    if (start === "") return;
    const answer = await fetch(`${chooser.getAttribute("action")}?start=${start}&${query()}`);
    if (!answer.ok) return;
    const place = document.getElementById("chosen");
    show(place, await answer.text());
    draw(place);
  };
  chooser.querySelector("select").addEventListener("change", load);
}

if (window.matchMedia("(max-width: 860px)").matches) document.getElementById("drawer").open = false;
/** A section that is pointed at opens. */
function pointed() {
  const section = location.hash && document.getElementById(location.hash.slice(1));
  if (section && section.tagName === "DETAILS") section.open = true;
}
window.addEventListener("hashchange", pointed);

/** The sections of the first question, when they have come. */
function arrived() {
  if (asked) return; // the reader moved on meanwhile
  pointed();
  scripted();
  draw(below);
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", arrived);
else arrived();
document.documentElement.classList.add("scripted");
