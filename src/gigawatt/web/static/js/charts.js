/** Draws the charts of the page from the data that stands beside them, each when it comes near; without this file the tables remain. */

const language = document.documentElement.lang;
const plain = { displayModeBar: false, responsive: true, locale: language };
const PAPER_PX = 660; // width of a chart on A4

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) paint(target);
  },
  { rootMargin: "300px" },
);

/** Months and days in the language of the page; plotly brings English only. */
function register() {
  const said = (day, options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(day);
  const months = (month) => Array.from({ length: 12 }, (_, k) => said(Date.UTC(2023, k, 15), { month }));
  const days = (weekday) => Array.from({ length: 7 }, (_, k) => said(Date.UTC(2023, 0, 1 + k), { weekday })); // a Sunday
  const format = { months: months("long"), shortMonths: months("short"), days: days("long"), shortDays: days("short") };
  window.Plotly.register({ moduleType: "locale", name: language, dictionary: {}, format });
}

let registered = language === "en";

function paint(box) {
  near.unobserve(box);
  const data = document.querySelector(`script.chart-data[data-chart="${CSS.escape(box.id)}"]:not([data-drawn])`);
  if (!data || !window.Plotly) return;
  if (!registered) register();
  registered = true;
  const spec = JSON.parse(data.textContent);
  data.dataset.drawn = "yes";
  box.style.minHeight = "";
  window.Plotly.newPlot(box, spec.data, spec.layout, plain);
}

/** Draw the charts below an element, each when it comes near. */
export function draw(root = document) {
  for (const data of root.querySelectorAll("script.chart-data:not([data-drawn])")) {
    const box = document.getElementById(data.dataset.chart);
    if (!box) continue;
    box.style.minHeight = `${JSON.parse(data.textContent).layout?.height || 300}px`; // nothing jumps when it is drawn
    near.observe(box);
  }
}

window.addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll(".chart")) {
    paint(box);
    if (window.Plotly && box.data) window.Plotly.relayout(box, { width: PAPER_PX });
  }
});
window.addEventListener("afterprint", () => {
  for (const box of document.querySelectorAll(".chart"))
    if (window.Plotly && box.data) window.Plotly.relayout(box, { width: null, autosize: true });
});

draw();
