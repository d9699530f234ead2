/** Draws every chart of the page from the data that stands beside it; without this file the tables remain. */

const plain = { displayModeBar: false, responsive: true };

/** Draw the charts below an element that are not drawn yet. */
export function draw(root = document) {
  if (!window.Plotly) return;
  for (const data of root.querySelectorAll("script.chart-data:not([data-drawn])")) {
    const spec = JSON.parse(data.textContent);
    const box = document.getElementById(data.dataset.chart);
    data.dataset.drawn = "yes";
    window.Plotly.newPlot(box, spec.data, spec.layout, plain);
  }
}

draw();
