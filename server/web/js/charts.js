/* Charts beside their tables: each canvas names the JSON that it draws. Series differ by pattern and dash as well as colour, so
 * that they can be told apart in black and white. */
import {
  BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);
Chart.defaults.animation = false;
Chart.defaults.locale = "id-ID";
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.font.size = 13;
Chart.defaults.color = "#1f2937";

const COLOURS = ["#0b5f5a", "#c2570c", "#2a4b8d"];
const DASHES = [[], [7, 4], [2, 3]];

/* Stripes of a colour on white. */
function striped(colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.lineWidth = 3;
  pen.beginPath();
  for (const x of [-8, 0, 8]) { pen.moveTo(x, 8); pen.lineTo(x + 8, 0); }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function series({ label, values, line, percent }, number) {
  const colour = COLOURS[number % COLOURS.length];
  return {
    label,
    data: values,
    type: line ? "line" : "bar",
    yAxisID: percent ? "percent" : "y",
    borderColor: colour,
    borderWidth: line ? 2.5 : 1.5,
    borderDash: line ? DASHES[number % DASHES.length] : undefined,
    backgroundColor: line ? "#fff" : number ? striped(colour) : colour,
    pointRadius: 3,
    pointStyle: number % 2 ? "rectRot" : "circle",
    spanGaps: false,
    order: line ? 0 : 1,
  };
}

function draw(canvas) {
  const told = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const scales = {
    x: { ticks: { maxRotation: 60, autoSkip: true }, grid: { display: false } },
    y: { beginAtZero: true, ticks: { precision: 0 }, title: { display: Boolean(told.unit), text: told.unit } },
  };
  if (told.series.some(({ percent }) => percent)) {
    scales.percent = {
      position: "right", min: 0, max: 100, grid: { drawOnChartArea: false }, ticks: { callback: (value) => `${value}%` },
    };
  }
  new Chart(canvas, {
    data: { labels: told.labels, datasets: told.series.map(series) },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      scales,
      plugins: { legend: { position: "bottom", labels: { boxWidth: 28 } } },
    },
  });
}

document.querySelectorAll("canvas[data-chart]").forEach(draw);
addEventListener("beforeprint", () => Object.values(Chart.instances).forEach((chart) => chart.resize()));
