/** Draws the charts of the page from the data that stands beside them, each when it comes near; without this file the tables remain. */

const language = document.documentElement.lang;
const plain = { displayModeBar: false, responsive: true, locale: language };
const PAPER_PX = 660; // width of a chart on A4
const NARROW_PX = 560; // below it a chart is set for a telephone
const LABEL = 21; // characters of a line of a label there
const TITLE = 36; // and of the title of an axis
const LEGEND_PX = 19; // height of a line of its legend
const LINE_PX = 14; // and of a label
const FRAME_PX = 100; // of axis and legend

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

/** Text in lines of so many characters, broken between words. */
function lines(text, most) {
  const made = [""];
  for (const word of String(text).split(" ")) {
    const longer = `${made.at(-1)} ${word}`.trim();
    if (longer.length > most && made.at(-1)) made.push(word);
    else made[made.length - 1] = longer;
  }
  return made.join("<br>");
}

/** The same figure for a telephone: long labels in lines, few marks on the axes, room for the legend. */
function narrowed({ data, layout }) {
  const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
  for (const axis of axes.map((key) => layout[key])) {
    if (axis.title?.text) axis.title = { ...axis.title, text: lines(axis.title.text, TITLE), font: { size: 12 } };
    axis.tickfont = { size: 11 };
  }
  const across = layout.xaxis || {};
  across.tickangle = 0;
  if (across.type === "date" || across.type === "category") Object.assign(across, { dtick: undefined, nticks: 4 });
  const up = layout.yaxis || {};
  const names = up.categoryarray || [...new Set(data.flatMap((trace) => trace.y || []))].filter((y) => typeof y === "string");
  if (names.some((name) => name.length > LABEL)) {
    const told = names.map((name) => lines(name, LABEL));
    Object.assign(up, { dtick: undefined, tickmode: "array", tickvals: names, ticktext: told });
    const most = Math.max(...told.map((text) => text.split("<br>").length));
    layout.height = Math.max(layout.height, FRAME_PX + names.length * most * LINE_PX);
  }
  const named = data.filter((trace) => trace.name && trace.showlegend !== false).length;
  if (named > 2) layout.height += LEGEND_PX * (named - 2);
  layout.legend = { ...layout.legend, font: { size: 12 }, maxheight: 0.9 };
  return { data, layout };
}

let registered = language === "en";

function paint(box) {
  near.unobserve(box);
  const data = document.querySelector(`script.chart-data[data-chart="${CSS.escape(box.id)}"]:not([data-drawn])`);
  if (!data || !window.Plotly) return;
  if (!registered) register();
  registered = true;
  const made = JSON.parse(data.textContent);
  const spec = box.clientWidth < NARROW_PX ? narrowed(made) : made;
  data.dataset.drawn = "yes";
  box.style.minHeight = "";
  window.Plotly.newPlot(box, spec.data, spec.layout, plain);
  box.on("plotly_click", ({ points }) => rowOf(box, points[0])?.click());
}

/** The number that opens in the row of the chart's table which a bar or a mark belongs to. */
function rowOf(box, { x, y }) {
  const plain = (text) => String(text ?? "").replace(/\s+/g, " ").trim();
  const names = [x, y].map(plain).filter(Boolean);
  for (const row of box.closest("figure")?.querySelectorAll("details tbody tr") || []) {
    const first = plain(row.cells[0]?.textContent);
    if (first && names.some((name) => name === first || name.startsWith(`${first} (`))) return row.querySelector("a.number");
  }
  return null;
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
