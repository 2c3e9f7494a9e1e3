// Curves with error bars, by uPlot.

import uPlot from "./vendor/uPlot.esm.js";
import { h, say } from "./elements.js";
import { labelOf, where } from "./dimensions.js";
import { axisLabel, number, withError } from "./text.js";

/** Curves that can be told apart. */
export const MOST_CURVES = 12;

export class Lines {
  /** `pick(series, ix)` is called with the point that somebody chose. */
  constructor(colours, pick) {
    this.colours = colours;
    this.pick = pick;
    this.element = h("div", {
      className: "plot", tabindex: "0", role: "application", "aria-roledescription": "line plot",
      "aria-label": "Lines: left and right move along a curve, up and down to another, Enter shows a point",
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.at = [0, -1];
    this.resizing = new ResizeObserver(() => this.#fit());
    this.resizing.observe(this.element);
  }

  close() {
    this.resizing.disconnect();
    this.plot?.destroy();
  }

  /** Draws curves { name, values, errors }, each with a colour or its rank on the ladder of colours, over the same `x` { name, values }. */
  show({ x, curves, label }) {
    const isNumbers = x.values.every((value) => typeof value === "number");
    const at = isNumbers ? x.values : x.values.map((_, i) => i);
    const holes = (values) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
    this.curves = curves;
    this.x = x;
    this.errors = curves.map((curve) => curve.errors);
    const data = [at, ...curves.map((curve) => holes(curve.values))];
    const key = JSON.stringify([x.name, x.values, label, curves.map((curve) => curve.name), document.documentElement.dataset.theme]);
    if (this.plot && key === this.key) {
      // Who has looked closer goes on to.
      const { min, max } = this.plot.scales.x, [first, last] = [at[0], at[at.length - 1]];
      const isWhole = min <= first && max >= last;
      this.plot.setData(data, isWhole);
      if (!isWhole) this.plot.redraw();
      return;
    }
    this.key = key;
    this.plot?.destroy();
    const style = getComputedStyle(this.element);
    const ink = style.getPropertyValue("--ink"), grid = style.getPropertyValue("--line");
    const isDark = document.documentElement.dataset.theme === "dark";
    const series = curves.map((curve, i) => [curve, lightened(curve.colour ?? between(this.colours.ladder, curve.rank), isDark), i]).map(([curve, colour, i]) => ({
      label: curve.name, stroke: colour, width: 1.5, spanGaps: false, dash: curve.isDashed ? [6, 4] : undefined,
      points: { show: true, size: 6, fill: i % 2 ? style.getPropertyValue("--paper") : colour },
      value: (_, value, seriesAt, pointAt) => (value === null || value === undefined ? "–" : withError(value, this.errors[seriesAt - 1]?.[pointAt])),
    }));
    const font = '13px "DejaVu Sans", Verdana, sans-serif';
    const axes = [
      { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: ink, width: 1 }, font, labelFont: font, label: labelOf(x),
        values: (_, places) => places.map((place) => (isNumbers ? number(place) : x.values[place] ?? "")) },
      { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: ink, width: 1 }, font, labelFont: font, label, size: 78,
        values: (_, places) => places.map((place) => number(place)) },
    ];
    this.plot = new uPlot({
      ...this.#size(), series: [{ label: labelOf(x), value: (_, value) => (value === null ? "–" : isNumbers ? number(value) : x.values[value]) }, ...series],
      axes, scales: { x: { time: false }, y: { range: (_, low, high) => this.#padded(low, high) } },
      cursor: { drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 } }, focus: { alpha: 0.4 },
      hooks: { drawSeries: [(plot, i) => this.#bars(plot, i)] },
    }, data, this.element);
    this.plot.over.addEventListener("click", () => {
      const { idx, left, top } = this.plot.cursor;
      if (idx === null || left < 0) return;
      let best = [Infinity, 0];
      for (let i = 1; i < this.plot.series.length; i++) {
        const value = this.plot.data[i][idx];
        if (value === null || !this.plot.series[i].show) continue;
        const distance = Math.abs(this.plot.valToPos(value, "y") - top);
        if (distance < best[0]) best = [distance, i];
      }
      this.pick(Math.max(best[1] - 1, 0), idx);
    });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.plot || this.curves.length === 0) return;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (step) {
      const clamp = (index, length) => Math.min(Math.max(index, 0), length - 1);
      this.at = [clamp(this.at[0] + step[0], this.curves.length), clamp(this.at[1] + step[1], this.x.values.length)];
      const [series, i] = this.at, curve = this.curves[series], value = this.plot.data[series + 1][i];
      this.plot.setCursor({ left: this.plot.valToPos(this.plot.data[0][i], "x"), top: value === null ? 0 : this.plot.valToPos(value, "y") });
      say(`${curve.name}, ${where(this.x, this.x.order[i])}: ${value === null ? "no mean" : withError(value, curve.errors?.[i])}`);
    } else if (event.key === "Enter" && this.at[1] >= 0) this.pick(this.at[0], this.at[1]);
    else return;
    event.preventDefault();
  }

  /** The range of values with their errors. */
  #padded(low, high) {
    for (let i = 1; i < (this.plot?.data.length ?? 0); i++) {
      this.plot.data[i].forEach((value, at) => {
        const error = this.errors[i - 1]?.[at];
        if (value === null || !(error > 0)) return;
        low = Math.min(low, value - error);
        high = Math.max(high, value + error);
      });
    }
    if (low === null || low === undefined) return [0, 1];
    const margin = (high - low || Math.abs(high) || 1) * 0.05;
    return [low - margin, high + margin];
  }

  /** One standard error up and down. */
  #bars(plot, i) {
    const errors = this.errors[i - 1];
    if (i === 0 || !errors || !plot.series[i].show) return;
    const context = plot.ctx, cap = 3 * devicePixelRatio;
    context.save();
    context.beginPath();
    context.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
    context.clip();
    context.strokeStyle = plot.series[i].stroke(plot, i);
    context.lineWidth = devicePixelRatio;
    context.setLineDash([]);
    context.beginPath();
    plot.data[i].forEach((value, at) => {
      if (value === null || !(errors[at] > 0)) return;
      const x = plot.valToPos(plot.data[0][at], "x", true);
      const [from, to] = [value - errors[at], value + errors[at]].map((end) => plot.valToPos(end, "y", true));
      context.moveTo(x, from);
      context.lineTo(x, to);
      for (const y of [from, to]) {
        context.moveTo(x - cap, y);
        context.lineTo(x + cap, y);
      }
    });
    context.stroke();
    context.restore();
  }

  #size() {
    const { width, height } = this.element.getBoundingClientRect();
    const legend = 90;
    return { width: Math.max(Math.floor(width), 200), height: Math.max(Math.floor(height) - legend, 200) };
  }

  #fit() {
    this.plot?.setSize(this.#size());
  }
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

const hex = (colour) => "#" + colour.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("");

function between(scale, rank) {
  const place = rank * (scale.length - 1), below = Math.min(Math.floor(place), scale.length - 2);
  const [a, b] = [channels(scale[below]), channels(scale[below + 1])];
  return hex(a.map((channel, i) => channel + (place - below) * (b[i] - channel)));
}

/** Colours made for paper, on a dark ground: half of the way to white. */
function lightened(colour, isDark) {
  return isDark ? hex(channels(colour).map((channel) => channel + 0.5 * (255 - channel))) : colour;
}
