// A slice as colours. What is drawn costs the pixels of the screen, however many points there are: for every column and
// row of pixels it is known which point lies there, and a pixel is one look into a table.

import { recorded, range } from "./picture.js";
import { h, say } from "./elements.js";
import { labelOf, where } from "./dimensions.js";
import { count, number, withError } from "./text.js";

const LEFT = 76, RIGHT = 104, TOP = 10, BOTTOM = 52, BAR = 16;
const SHADES = 256;
/** Of what a pixel looks up: not all samples of its point are recorded. */
const PARTIAL = 512;
/** Pixels between the lines of a hatch. */
const HATCH = 7;
const FONT = '13px "DejaVu Sans", Verdana, sans-serif';

export class HeatMap {
  /** `pick(ix, iy)` is called with the point that somebody chose; cells have so many `samples`. */
  constructor(colours, pick, samples) {
    this.samples = samples;
    this.shades = shades(colours.area);
    this.pick = pick;
    this.canvas = h("canvas", {
      className: "map", tabindex: "0", role: "application", "aria-roledescription": "heat map",
      "aria-label": "Heat map: arrows move, Enter shows a point, plus and minus zoom, 0 shows all",
    });
    this.element = h("div", { className: "plot" }, this.canvas);
    this.context = this.canvas.getContext("2d");
    this.cursor = null;
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.element);
    this.#listen();
  }

  close() {
    this.resizing.disconnect();
  }

  /** Shows a slice: `x` and `y` are { name, values, order }, the values as they are drawn, with their positions in it. */
  show({ slice, x, y, label, marks, axesChanged }) {
    Object.assign(this, { slice, label, marks });
    if (axesChanged || !this.x) {
      this.x = axis(x);
      this.y = axis(y);
      this.cursor = null;
      this.all();
    }
    const old = this.range?.join();
    this.range = range(slice);
    if (slice.changed && old === this.range?.join() && this.indices?.length === slice.values.length) {
      for (const point of slice.changed) this.indices[point] = this.#index(point);
    } else {
      this.indices = new Uint16Array(slice.values.length);
      for (let point = 0; point < this.indices.length; point++) this.indices[point] = this.#index(point);
    }
    this.isHatched = this.indices.some((index) => index >= PARTIAL);
    this.draw();
  }

  /** The colour of a point: one of the shades, or what stands for no value and no rows; with a hatch if some of its
   *  samples are still to come. */
  #index(point) {
    const value = this.slice.values[point], rows = recorded(this.slice, point);
    const partial = rows > 0 && rows < this.samples ? PARTIAL : 0;
    if (Number.isNaN(value)) return partial + (rows > 0 ? SHADES : SHADES + 1);
    const [low, high] = this.range;
    return partial + (high > low ? Math.min(SHADES - 1, ((value - low) / (high - low) * SHADES) | 0) : SHADES >> 1);
  }

  all() {
    this.view = { x: ends(this.x), y: ends(this.y) };
  }

  zoom(factor, around = [0.5, 0.5]) {
    const scaled = ([low, high], [least, most], share) => {
      const span = Math.min((high - low) * factor, most - least), middle = low + (high - low) * share;
      const begin = Math.min(Math.max(middle - span * share, least), most - span);
      return [begin, begin + span];
    };
    this.view = {
      x: scaled(this.view.x, ends(this.x), around[0]), y: scaled(this.view.y, ends(this.y), around[1]),
    };
    this.draw();
  }

  pan(dx, dy) {
    const moved = ([low, high], [least, most], by) => {
      const shift = Math.min(Math.max(by, least - low), most - high);
      return [low + shift, high + shift];
    };
    this.view = { x: moved(this.view.x, ends(this.x), dx), y: moved(this.view.y, ends(this.y), dy) };
    this.draw();
  }

  draw() {
    if (!this.slice || this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.#paint();
    });
  }

  #paint() {
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this.canvas.getBoundingClientRect();
    if (width < LEFT + RIGHT + 20 || height < TOP + BOTTOM + 20) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const style = getComputedStyle(this.canvas);
    this.ink = style.getPropertyValue("--ink");
    this.paper = style.getPropertyValue("--paper");
    this.area = { left: LEFT, top: TOP, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
    const context = this.context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.paper;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#paintPoints(ratio, rgb(style.getPropertyValue("--no-value")), rgb(this.paper));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = FONT;
    this.#paintMarks();
    this.#paintAxes();
    this.#paintBar();
    this.#paintCursor();
  }

  #paintPoints(ratio, noValue, paper) {
    const { left, top } = this.area;
    const width = Math.round(this.area.width * ratio), height = Math.round(this.area.height * ratio);
    if (this.image?.width !== width || this.image?.height !== height) this.image = new ImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer);
    const table = new Uint32Array(SHADES + 2);
    table.set(this.shades);
    table[SHADES] = noValue;
    table[SHADES + 1] = paper;
    const columns = pixelsOf(this.x, this.view.x, width), rows = pixelsOf(this.y, this.view.y, height);
    const places = columns.map((ix) => this.x.order[ix]);
    // Rows of pixels of the same points are copied.
    for (let row = 0, before = -1; row < height; row++) {
      const iy = rows[height - 1 - row], begin = row * width;
      if (iy === before && !this.isHatched) {
        pixels.copyWithin(begin, begin - width, begin);
        continue;
      }
      before = iy;
      const first = this.y.order[iy] * this.x.order.length;
      for (let column = 0; column < width; column++) {
        const index = this.indices[first + places[column]];
        pixels[begin + column] = index < PARTIAL ? table[index] : (row + column) % HATCH < 1 ? paper : table[index - PARTIAL];
      }
    }
    this.context.putImageData(this.image, Math.round(left * ratio), Math.round(top * ratio));
  }

  #across(value) {
    const [low, high] = this.view.x;
    return this.area.left + (value - low) / (high - low) * this.area.width;
  }

  #up(value) {
    const [low, high] = this.view.y;
    return this.area.top + this.area.height - (value - low) / (high - low) * this.area.height;
  }

  /** Transitions: where branches cross, a line with dots; where order ends, dashes. */
  #paintMarks() {
    if (!this.marks) return;
    const { context, area } = this;
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
    for (const { points, isDashed } of this.marks) {
      const places = points.map(([x, y, isResolved]) => [this.#across(x), this.#up(y), isResolved]);
      for (const [colour, width] of [["#ffffff", 4], ["#1a1a1a", 1.6]]) {
        context.strokeStyle = context.fillStyle = colour;
        context.lineWidth = width;
        context.setLineDash(isDashed ? [5, 4] : []);
        context.beginPath();
        places.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
        context.stroke();
        context.setLineDash([]);
        if (isDashed) continue;
        for (const [x, y, isResolved] of places) {
          context.beginPath();
          context.arc(x, y, width === 4 ? 4.5 : 3, 0, 2 * Math.PI);
          // Where the grid is coarse, a ring.
          if (isResolved || width === 4) context.fill();
          else context.stroke();
        }
      }
    }
    context.restore();
  }

  #paintAxes() {
    const { context, area } = this;
    context.strokeStyle = context.fillStyle = this.ink;
    context.lineWidth = 1;
    context.strokeRect(area.left + 0.5, area.top + 0.5, area.width - 1, area.height - 1);
    const bottom = area.top + area.height;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const [value, text] of ticks(this.x, this.view.x, area.width / 80)) {
      const x = this.#across(value);
      context.fillRect(x - 0.5, bottom, 1, 5);
      context.fillText(text, x, bottom + 8, 120);
    }
    context.fillText(labelOf(this.x), area.left + area.width / 2, bottom + 30);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const [value, text] of ticks(this.y, this.view.y, area.height / 50)) {
      const y = this.#up(value);
      context.fillRect(area.left - 5, y - 0.5, 5, 1);
      context.fillText(text, area.left - 8, y, LEFT - 30);
    }
    this.#sideways(labelOf(this.y), 14);
  }

  #sideways(text, x) {
    const { context, area } = this;
    context.save();
    context.translate(x, area.top + area.height / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, 0, 0, area.height);
    context.restore();
  }

  #paintBar() {
    if (!this.range) return;
    const { context, area } = this, [low, high] = this.range;
    const x = area.left + area.width + 14, bottom = area.top + area.height;
    for (let i = 0; i < SHADES; i++) {
      context.fillStyle = css(this.shades[i]);
      const y = bottom - (i + 1) / SHADES * area.height;
      context.fillRect(x, y, BAR, area.height / SHADES + 1);
    }
    context.fillStyle = this.ink;
    context.textAlign = "left";
    context.textBaseline = "middle";
    const steps = high > low ? nice(low, high, area.height / 60) : [low];
    for (const value of steps) {
      const y = high > low ? bottom - (value - low) / (high - low) * area.height : area.top + area.height / 2;
      context.fillRect(x + BAR, y - 0.5, 4, 1);
      context.fillText(number(value, 4), x + BAR + 7, y, 44);
    }
    this.#sideways(this.label, area.left + area.width + RIGHT - 10);
  }

  #paintCursor() {
    if (!this.cursor) return;
    const { context } = this, [ix, iy] = this.cursor;
    const [x0, x1] = [this.#across(this.x.edges[ix]), this.#across(this.x.edges[ix + 1])];
    const [y0, y1] = [this.#up(this.y.edges[iy]), this.#up(this.y.edges[iy + 1])];
    for (const [colour, width] of [["#ffffff", 4], ["#1a1a1a", 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(x0 - 1, y1 - 1, Math.max(x1 - x0, 2) + 2, Math.max(y0 - y1, 2) + 2);
    }
  }

  /** What the point under the cursor is, in words. */
  words([ix, iy]) {
    const place = this.y.order[iy] * this.x.order.length + this.x.order[ix];
    const here = `${where(this.x, this.x.order[ix])}, ${where(this.y, this.y.order[iy])}`;
    return `${here}: ${pointInWords(this.slice, place, this.samples)}`;
  }

  /** Says what is under the cursor to whoever looks. */
  tell() {
    this.told?.(this.cursor ? this.words(this.cursor) : "");
  }

  #move(cursor, tell) {
    this.cursor = cursor;
    this.tell();
    if (tell && cursor) say(this.words(cursor));
    this.draw();
  }

  #under(event) {
    const box = this.canvas.getBoundingClientRect();
    const [across, up] = [(event.clientX - box.left - this.area.left) / this.area.width,
      1 - (event.clientY - box.top - this.area.top) / this.area.height];
    if (across < 0 || across >= 1 || up < 0 || up >= 1) return null;
    const value = ([low, high], share) => low + share * (high - low);
    return {
      share: [across, up],
      cursor: [indexOf(this.x, value(this.view.x, across)), indexOf(this.y, value(this.view.y, up))],
    };
  }

  #listen() {
    const { canvas } = this;
    let held = null;
    canvas.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, moved: false }; });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.area) return;
      if (held && event.buttons) {
        const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
        held.moved ||= Math.hypot(dx, dy) > 4;
        if (!held.moved) return;
        const scale = ([low, high], length) => (high - low) / length;
        this.pan(-dx * scale(this.view.x, this.area.width), dy * scale(this.view.y, this.area.height));
        Object.assign(held, { x: event.clientX, y: event.clientY });
        return;
      }
      const under = this.#under(event);
      if (under?.cursor.join() !== this.cursor?.join()) this.#move(under?.cursor ?? this.cursor, false);
    });
    canvas.addEventListener("pointerup", (event) => {
      const under = held && !held.moved && this.#under(event);
      held = null;
      if (!under) return;
      this.#move(under.cursor, true);
      this.pick(...under.cursor);
    });
    // A wheel without a key scrolls the page, as everywhere.
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
      event.preventDefault();
      const under = this.#under(event);
      if (under) this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, under.share);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (steps) {
        const [ix, iy] = this.cursor ?? [0, 0];
        const clamp = (index, of) => Math.min(Math.max(index, 0), of.values.length - 1);
        this.#move(this.cursor ? [clamp(ix + steps[0], this.x), clamp(iy + steps[1], this.y)] : [0, 0], true);
      } else if (event.key === "Enter" && this.cursor) this.pick(...this.cursor);
      else if (event.key === "+") this.zoom(1 / 1.5);
      else if (event.key === "-") this.zoom(1.5);
      else if (event.key === "0") { this.all(); this.draw(); }
      else return;
      event.preventDefault();
    });
  }
}

/** An axis with the edges between its values; words stand one beside the other. */
function axis(dimension) {
  const { name, values, order } = dimension;
  const isNumbers = values.every((value) => typeof value === "number");
  const at = isNumbers ? values : values.map((_, i) => i);
  const n = at.length;
  const edges = new Float64Array(n + 1);
  for (let i = 1; i < n; i++) edges[i] = (at[i - 1] + at[i]) / 2;
  const width = n > 1 ? null : Math.abs(at[0]) || 1;
  edges[0] = n > 1 ? at[0] - (at[1] - at[0]) / 2 : at[0] - width / 2;
  edges[n] = n > 1 ? at[n - 1] + (at[n - 1] - at[n - 2]) / 2 : at[0] + width / 2;
  return { ...dimension, at, edges, isNumbers };
}

const ends = (of) => [of.edges[0], of.edges[of.edges.length - 1]];

/** What is known at a point: its mean, of how many samples, or why there is none. */
export function pointInWords(slice, place, samples) {
  const value = slice.values[place], [entered, rows] = slice.samples.subarray(2 * place, 2 * place + 2);
  if (rows === 0) return "nothing recorded yet";
  if (slice.step) return Number.isNaN(value) ? "rows, but no mean to show" : `≈ ${number(value, digitsOf(slice))}`;
  const of = `${count(entered)} of ${count(rows)} samples${rows < samples ? `, ${count(samples - rows)} still to come` : ""}`;
  return Number.isNaN(value) ? `no mean to show: ${of}` : `${withError(value, slice.errors[place])}  (${of})`;
}

/** How many digits the steps of a slice leave. */
export function digitsOf(slice) {
  const largest = Math.max(...(range(slice) ?? [1]).map(Math.abs));
  return Math.min(Math.max(Math.floor(Math.log10(largest / slice.step)), 1), 6);
}

/** The value in whose cell a place lies. */
function indexOf(of, place) {
  let low = 0, high = of.values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of.edges[middle + 1] <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pixelsOf(of, [low, high], length) {
  const indices = new Uint32Array(length);
  let index = indexOf(of, low);
  for (let pixel = 0; pixel < length; pixel++) {
    const place = low + (pixel + 0.5) / length * (high - low);
    while (index < of.values.length - 1 && of.edges[index + 1] <= place) index++;
    indices[pixel] = index;
  }
  return indices;
}

/** [place, text] of about `most` ticks. */
function ticks(of, [low, high], most) {
  if (of.isNumbers) return nice(low, high, most).map((value) => [value, number(value, 6)]);
  const step = Math.max(1, Math.ceil(of.at.length / Math.max(most, 1)));
  return of.at.filter((place, i) => i % step === 0 && place >= low && place <= high)
    .map((place) => [place, String(of.values[place])]);
}

/** Round numbers within a range. */
export function nice(low, high, most) {
  const rough = (high - low) / Math.max(most, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const values = [];
  for (let i = first; i * step <= high + step * 1e-9; i++) values.push(Number((i * step).toPrecision(12)));
  return values;
}

/** 256 colours between those of a scale, as a canvas has them. */
function shades(scale) {
  const stops = scale.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: SHADES }, (_, i) => {
    const place = i / (SHADES - 1) * (stops.length - 1), below = Math.min(Math.floor(place), stops.length - 2);
    const [r, g, b] = [0, 1, 2].map((c) => Math.round(stops[below][c] + (place - below) * (stops[below + 1][c] - stops[below][c])));
    return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  });
}

const css = (pixel) => `rgb(${pixel & 255} ${pixel >> 8 & 255} ${pixel >> 16 & 255})`;

function rgb(hex) {
  const of = hex.trim();
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(of.slice(at, at + 2), 16));
  return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
}
