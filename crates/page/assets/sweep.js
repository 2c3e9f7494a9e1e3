// One sweep: its progress, and its phase diagram as it fills in.

import { HeatMap } from "./heatmap.js";
import { Lines, MOST_CURVES } from "./lines.js";
import { choice, h, say, table } from "./elements.js";
import { hasRows } from "./picture.js";
import { pointPanel } from "./point.js";
import { progressBar, status } from "./sweeps.js";
import { count, duration, number, symbol } from "./text.js";

/** Trusted in this order where nobody has chosen. */
const KINDS = ["replica_exchange", "reduced_mc", "mc", "exact", "bp", "bp_reduced", "anneal"];
/** Points of a slice that are also written down. */
const MOST_CELLS = 2000;

export class SweepView {
  constructor(main, source, described, context) {
    Object.assign(this, { main, source, context, sweep: described });
    // Axes of one value are said, not chosen.
    this.dimensions = described.dimensions.map((axes) => ({ axes, length: axes[0].values.length, ...sorted(axes[0]) }));
    this.varied = this.dimensions.map((_, i) => i).filter((i) => this.dimensions[i].length > 1);
    this.version = -1;
    this.state = this.#first(context.parameters);
    this.head = h("section");
    this.controls = h("form", { className: "controls", "aria-label": "What is drawn", onsubmit: (event) => event.preventDefault() });
    this.figure = h("figure");
    this.caption = h("figcaption", { "aria-live": "off" });
    this.panel = h("aside", { "aria-label": "The chosen point" },
      h("p", { className: "muted" }, "A click on a point, or Enter, shows its samples, why some are missing, and the commands that compute them again."));
    this.below = h("section");
    const fixed = this.dimensions.filter((of) => of.length === 1).flatMap((of) => of.axes);
    main.replaceChildren(h("h1", {}, described.sweep), this.head,
      h("p", { className: "muted" }, fixed.map((axis) => `${symbol(axis.name)} = ${number(axis.values[0])}`).join(", "),
        `; ${described.samples} ${described.samples === 1 ? "sample" : "samples"} a cell`),
      ...(described.curves.length ? [this.controls, h("div", { className: "look" }, this.figure, this.panel)]
        : [h("p", {}, "It has no means over β to draw: ", h("code", {}, `rapgrid plot ${described.sweep}`), " draws what it has.")]),
      this.below);
    this.told(described.progress ? { progress: described.progress, version: 0 } : {});
    this.#below(described);
    if (described.curves.length) this.#draw();
    if (!source.isFrozen) this.stop = source.beats(described.sweep, (beat) => this.told(beat));
  }

  close() {
    this.isClosed = true;
    this.stop?.();
    this.plot?.close();
  }

  /** What to begin with: what the address says, else a map over β and the longest axis. */
  #first(parameters) {
    const { curves, quantities } = this.sweep;
    const beta = this.dimensions.length - 1;
    const rank = (of) => (KINDS.indexOf(of.kind) + KINDS.length + 1) % (KINDS.length + 1);
    const best = [...curves].sort((a, b) => rank(a) - rank(b))[0]?.curve;
    const longest = [...this.varied].sort((a, b) => this.dimensions[b].length - this.dimensions[a].length);
    const x = longest.find((i) => i !== beta) ?? longest[0] ?? beta;
    const others = longest.filter((i) => i !== x);
    const y = others.includes(beta) ? beta : others[0] ?? null;
    const one = (name, allowed, otherwise) => (allowed.includes(parameters.get(name)) ? parameters.get(name) : otherwise);
    const place = (name, otherwise) => {
      const at = this.dimensions.findIndex((of) => of.axes[0].name === parameters.get(name));
      return this.varied.includes(at) ? at : otherwise;
    };
    const at = (parameters.get("at") ?? "").split(",").map(Number);
    const isPlace = at.length === this.dimensions.length && at.every((i, k) => i >= 0 && i < this.dimensions[k].length);
    const state = {
      quantity: one("quantity", quantities.map((of) => of.quantity), quantities[0]?.quantity),
      curve: one("curve", curves.map((of) => of.curve), best),
      as: one("as", ["map", "lines"], y === null ? "lines" : "map"),
      hue: one("hue", ["curve", ...this.dimensions.map((of) => of.axes[0].name)], "curve"),
      x: place("x", x), y: place("y", y), at: isPlace ? at : this.dimensions.map(() => 0),
    };
    if (state.y === null) state.as = "lines";
    if (state.x === state.y) state.y = this.varied.find((i) => i !== state.x) ?? null;
    return state;
  }

  #remember() {
    const { quantity, curve, as, hue, x, y, at } = this.state;
    const named = (i) => (i === null ? undefined : this.dimensions[i].axes[0].name);
    const pairs = { quantity, curve, as, hue, x: named(x), y: named(y), at: at.join(",") };
    this.context.remember(Object.entries(pairs).filter(([, value]) => value !== undefined));
  }

  /** News of the sweep. */
  told({ progress, version, trouble, over }) {
    this.context.onTrouble(trouble);
    if (over) return this.context.again();
    if (progress) this.#head(progress);
    if (version !== undefined && version !== this.version) {
      this.version = version;
      if (this.shown) this.refresh();
    }
  }

  #head(progress) {
    const before = this.status;
    this.status = progress.status;
    if (before && before !== progress.status) {
      say(`${progress.sweep} is ${progress.status}`);
      this.#transitions();
    }
    const tell = (verb, text, isDangerous) => h("button", { type: "button", onclick: async () => {
      if (isDangerous && !confirm(`Stop ${progress.sweep}? What is recorded stays, and it can be resumed.`)) return;
      try {
        this.#head(await this.source.tell(progress.sweep, verb));
      } catch (error) {
        this.context.onTrouble(error.message);
      }
    } }, text);
    const may = this.context.maySubmit && !this.source.isFrozen;
    const goesOn = ["running", "stopped"].includes(progress.status);
    const verbs = !may ? [] : [
      goesOn && tell("pause", "Pause"),
      ["paused", "cancelled"].includes(progress.status) && tell("resume", "Resume"),
      (goesOn || progress.status === "paused") && tell("cancel", "Cancel", true),
      progress.jobs_failed > 0 && tell("retry", `Retry ${count(progress.jobs_failed)} failed jobs`),
    ].filter(Boolean);
    // What has the focus is not put away under somebody's finger.
    const key = JSON.stringify([progress.status, progress.jobs_failed > 0, may]);
    if (this.verbs?.key !== key) this.verbs = { key, element: h("span", { className: "line" }, verbs) };
    this.head.replaceChildren(h("div", { className: "line" }, status(progress), progressBar(progress),
      h("span", {}, `${count(progress.rows_done)} of ${count(progress.rows)} rows`),
      progress.seconds_left !== null && progress.seconds_left !== undefined && h("span", {}, `${duration(progress.seconds_left)} left`),
      h("span", {}, `${progress.workers} workers`), h("span", {}, `${duration(progress.cpu_seconds)} of core time`),
      progress.jobs_failed > 0 && h("span", { className: "bad" }, `${count(progress.jobs_failed)} failed jobs`), this.verbs.element));
  }

  #below({ failed_jobs: failed, specs, provenance }) {
    const jobs = (failed ?? []).map((job) => ({ ...job, units: `${job.first_unit}..${job.end_unit} of part ${job.part}` }));
    this.below.replaceChildren(...[
      jobs.length > 0 && h("h2", {}, "Failed jobs"),
      jobs.length > 0 && table("they rest until somebody retries them", [
        ["job", "number", (job) => job.job_id], ["units", "", (job) => job.units],
        ["attempts", "number", (job) => job.attempts], ["reason", "", (job) => job.error ?? ""]], jobs),
      h("details", { ontoggle: (event) => event.target.open && this.#written() }, h("summary", {}, "What is drawn, as a table"), this.written = h("div")),
      ...(specs ?? []).map((spec, i) => h("details", {}, h("summary", {}, specs.length > 1 ? `The spec, part ${i}` : "The spec"), h("pre", {}, spec))),
      provenance && h("details", {}, h("summary", {}, "What made it"), h("dl", {}, Object.entries(provenance).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]))),
    ].filter(Boolean));
  }

  #draw() {
    this.#remember();
    this.#controls();
    this.plot?.close();
    const { as } = this.state;
    const colours = this.context.colours;
    this.plot = as === "map" ? new HeatMap(colours, (ix, iy) => this.#pick(ix, iy))
      : new Lines(colours, (curve, ix) => this.#pickCurve(curve, ix));
    this.plot.told = (words) => { this.caption.textContent = words || this.summary; };
    this.figure.replaceChildren(this.plot.element, this.caption);
    this.#again();
  }

  /** Another slice, or another axis: everything is read anew. */
  #again() {
    this.shown = this.state.as === "map" ? [{ asked: this.#asked(this.state.curve, this.state.y), slice: null }] : this.#curves();
    this.axesChanged = true;
    this.#transitions();
    this.refresh();
  }

  #asked(curve, y) {
    return { curve, quantity: this.state.quantity, x: this.state.x, y, at: this.state.at.join(",") };
  }

  #curves() {
    const { hue, curve, x } = this.state;
    if (hue === "curve") {
      return this.sweep.curves.slice(0, MOST_CURVES).map((of) => ({ name: of.curve, colour: of.colour, asked: this.#asked(of.curve, null), slice: null }));
    }
    const dimension = this.dimensions.findIndex((of) => of.axes[0].name === hue);
    return dimension === x || dimension < 0 ? [{ name: curve, asked: this.#asked(curve, null), slice: null }]
      : [{ hue: dimension, asked: this.#asked(curve, dimension), slice: null }];
  }

  /** Asks for what has changed, once at a time. */
  async refresh() {
    if (this.refreshing) {
      this.refreshAgain = true;
      return;
    }
    this.refreshing = true;
    try {
      do {
        this.refreshAgain = false;
        const shown = this.shown;
        const slices = await Promise.all(shown.map((of) => this.source.picture(this.sweep.sweep, of.asked, of.slice)));
        if (this.isClosed) return;
        if (shown !== this.shown) {
          this.refreshAgain = true;
          continue;
        }
        shown.forEach((of, i) => { of.slice = slices[i]; });
        this.#show();
      } while (this.refreshAgain);
    } catch (error) {
      this.caption.textContent = error.message;
      this.context.onError(error);
    } finally {
      this.refreshing = false;
    }
  }

  #show() {
    const { x, y, as } = this.state;
    const of = this.sweep.quantities.find((of) => of.quantity === this.state.quantity);
    this.axes = { x: this.dimensions[x], y: y === null ? null : this.dimensions[y] };
    const [first] = this.shown;
    const known = this.shown.reduce((sum, { slice }) => sum + slice.values.reduce((n, value) => n + !Number.isNaN(value), 0), 0);
    const points = this.shown.reduce((sum, { slice }) => sum + slice.values.length, 0);
    this.summary = `${of.label}${of.definition ? ` (${of.definition})` : ""}: ${count(known)} of ${count(points)} points`;
    if (as === "map") {
      this.plot.show({ slice: first.slice, x: this.axes.x, y: this.axes.y, label: of.label, marks: this.marks, axesChanged: this.axesChanged });
    } else {
      this.plot.show({ x: this.axes.x, label: of.label, ...this.#asCurves() });
    }
    this.axesChanged = false;
    this.caption.textContent = this.summary;
    document.body.dataset.drawn = `${this.state.as} ${known}`;
    if (this.written?.parentElement?.open) this.#written();
  }

  #asCurves() {
    const ordered = (values, errors) => ({
      values: this.axes.x.order.map((i) => values[i]), errors: errors && this.axes.x.order.map((i) => errors[i]),
    });
    const [first] = this.shown;
    if (first.hue === undefined) {
      const curves = this.shown.map((of, i) => ({
        name: of.name, colour: of.colour, isDashed: of.name.endsWith("/paramagnetic"), ...ordered(of.slice.values, of.slice.errors), place: i,
      }));
      return { curves: (this.curves = curves.filter((of) => of.values.some((value) => !Number.isNaN(value)))) };
    }
    const hue = this.dimensions[first.hue], { nx } = first.slice;
    const taken = evenly(hue.order.length, MOST_CURVES);
    this.curves = taken.map((k, i) => {
      const part = (of) => of && of.subarray(hue.order[k] * nx, (hue.order[k] + 1) * nx);
      return {
        name: `${symbol(hue.name)} = ${number(hue.values[k])}`, rank: taken.length > 1 ? i / (taken.length - 1) : 0, hue: [first.hue, hue.order[k]],
        ...ordered(part(first.slice.values), part(first.slice.errors)),
      };
    });
    return { curves: this.curves };
  }

  /** Where the branches cross, for maps over an axis along which that was found. */
  async #transitions() {
    const { x, y, as, curve } = this.state;
    if (as !== "map" || y === null) return;
    let rows;
    try {
      rows = await this.source.transitions(this.sweep.sweep);
    } catch {
      return;
    }
    if (this.isClosed) return;
    const [along, beside] = [this.dimensions[x].name, this.dimensions[y].name];
    const held = this.dimensions.map((of, i) => [of, this.state.at[i], i]).filter(([, , i]) => i !== x && i !== y);
    const isHere = (row) => held.every(([of, at]) => row[of.axes[0].name] === undefined || row[of.axes[0].name] === of.axes[0].values[at]);
    const here = rows.filter((row) => row.axis === along && row[beside] !== undefined && isHere(row));
    // Those of belief propagation are a help on maps of other methods as well.
    const own = here.filter((row) => row.method === curve.split("/")[0]);
    const of = own.length > 0 ? own : here.filter((row) => row.method === here[0].method);
    const line = (column, isDashed) => ({
      isDashed, points: of.filter((row) => row[column] !== undefined).map((row) => [row[column], row[beside]]).sort((a, b) => a[1] - b[1]),
    });
    this.marks = [line("crossing", false), line("ordering", true)].filter((mark) => mark.points.length > 0);
    if (this.shown[0]?.slice && !this.axesChanged) this.#show();
  }

  #pick(ix, iy) {
    this.#point(this.state.curve, [[this.state.x, this.axes.x.order[ix]], [this.state.y, this.axes.y.order[iy]]]);
  }

  #pickCurve(curve, ix) {
    const of = this.curves[curve];
    this.#point(of.hue ? this.state.curve : of.name, [[this.state.x, this.axes.x.order[ix]], ...(of.hue ? [of.hue] : [])]);
  }

  async #point(curve, places) {
    const at = [...this.state.at];
    for (const [dimension, place] of places) at[dimension] = place;
    const where = this.varied.flatMap((i) => this.dimensions[i].axes.map((axis) => `${symbol(axis.name)} = ${number(axis.values[at[i]])}`)).join(", ");
    if (this.source.isFrozen) {
      this.panel.replaceChildren(h("h2", {}, where), h("p", {}, "This page is one file, without the rows of the samples. With the sweep's database, ",
        h("code", {}, `rapgrid page`), " shows them."));
      return;
    }
    try {
      this.panel.replaceChildren(...pointPanel(await this.source.point(this.sweep.sweep, { curve, at: at.join(",") }), where));
      say(`${where}: shown beside the picture`);
    } catch (error) {
      this.panel.replaceChildren(h("p", { className: "bad" }, error.message));
      this.context.onError(error);
    }
  }

  #set(change) {
    Object.assign(this.state, change);
    if (this.state.x === this.state.y) this.state.y = this.varied.find((i) => i !== this.state.x) ?? null;
    this.marks = null;
    this.#draw();
  }

  #controls() {
    const { state } = this;
    const focus = document.activeElement?.dataset?.of;
    const quantities = this.sweep.quantities.map((of) => [of.quantity, of.quantity.replaceAll("_", " ")]);
    const curves = this.sweep.curves.map((of) => [of.curve, of.curve]);
    const axes = this.varied.map((i) => [String(i), this.dimensions[i].axes.map((axis) => symbol(axis.name)).join(", ")]);
    const isMap = state.as === "map";
    const usesCurve = isMap || state.hue !== "curve";
    const hue = [["curve", "method and branch"], ...this.varied.filter((i) => i !== state.x).map((i) => [this.dimensions[i].axes[0].name, symbol(this.dimensions[i].axes[0].name)])];
    const as = h("fieldset", {}, h("legend", {}, "drawn as"), h("div", { className: "pair" }, [["map", "Heat map"], ["lines", "Lines"]].map(([value, text]) =>
      h("button", { type: "button", "data-of": value, "aria-pressed": String(state.as === value), disabled: value === "map" && this.varied.length < 2,
        onclick: () => this.#set({ as: value, y: state.y ?? this.varied.find((i) => i !== state.x) ?? null }) }, text))));
    const named = (label, name) => { label.querySelector("select").dataset.of = name; return label; };
    const zoom = isMap && h("fieldset", {}, h("legend", {}, "zoom"), h("div", { className: "pair" },
      [["+", "Zoom in", () => this.plot.zoom(1 / 1.5)], ["−", "Zoom out", () => this.plot.zoom(1.5)], ["all", "Show all", () => { this.plot.all(); this.plot.draw(); }]]
        .map(([text, label, act]) => h("button", { type: "button", "aria-label": label, onclick: act }, text))));
    this.controls.replaceChildren(...[
      named(choice("quantity", quantities, state.quantity, (quantity) => this.#set({ quantity })), "quantity"),
      usesCurve && named(choice("method and branch", curves, state.curve, (curve) => this.#set({ curve })), "curve"),
      as,
      axes.length > 1 && named(choice("horizontal", axes, String(state.x), (x) => this.#set({ x: Number(x) })), "x"),
      isMap && axes.length > 2 && named(choice("vertical", axes.filter(([i]) => Number(i) !== state.x), String(state.y), (y) => this.#set({ y: Number(y) })), "y"),
      !isMap && named(choice("one curve for each", hue, state.hue, (hue) => this.#set({ hue })), "hue"),
      ...this.#sliders(), zoom,
    ].filter(Boolean));
    if (focus) this.controls.querySelector(`[data-of="${CSS.escape(focus)}"]`)?.focus();
  }

  /** The axes that are held, each at one of its values. */
  #sliders() {
    const { x, y, as, hue } = this.state;
    const hueAt = as === "lines" && hue !== "curve" ? this.dimensions.findIndex((of) => of.axes[0].name === hue) : -1;
    const isHeld = (i) => i !== x && (as === "map" ? i !== y : i !== hueAt);
    return this.varied.filter(isHeld).map((i) => {
      const of = this.dimensions[i];
      const words = () => of.axes.map((axis) => `${symbol(axis.name)} = ${number(axis.values[this.state.at[i]])}`).join(", ");
      const output = h("output", {}, words());
      const range = h("input", { type: "range", min: "0", max: String(of.length - 1), step: "1", value: String(of.order.indexOf(this.state.at[i])),
        "aria-label": symbol(of.name), "aria-valuetext": words(), oninput: () => {
          this.state.at[i] = of.order[Number(range.value)];
          output.textContent = words();
          range.setAttribute("aria-valuetext", words());
          this.#remember();
          this.#slide();
        } });
      return h("label", {}, output, range);
    });
  }

  /** Another position on a slider: the same axes, so the view stays. */
  #slide() {
    this.marks = null;
    this.shown = this.state.as === "map" ? [{ asked: this.#asked(this.state.curve, this.state.y), slice: null }] : this.#curves();
    this.#transitions();
    this.refresh();
  }

  /** The slice in words, for whoever does not see the picture. */
  #written() {
    if (!this.shown?.[0]?.slice) return;
    const isMap = this.state.as === "map";
    const { x, y } = this.axes;
    const rows = [];
    if (isMap) {
      const [{ slice }] = this.shown;
      for (let iy = 0; iy < y.values.length && rows.length < MOST_CELLS; iy++) {
        for (let ix = 0; ix < x.values.length && rows.length < MOST_CELLS; ix++) {
          const place = y.order[iy] * slice.nx + x.order[ix];
          rows.push([number(x.values[ix]), number(y.values[iy]), ...inWords(slice.values[place], slice.errors?.[place], hasRows(slice, place))]);
        }
      }
    } else {
      for (const curve of this.curves) {
        x.values.forEach((value, i) => rows.push([number(value), curve.name, ...inWords(curve.values[i], curve.errors?.[i], true)]));
      }
    }
    const cut = rows.length >= MOST_CELLS ? `the first ${count(MOST_CELLS)} points; ` : "";
    this.written.replaceChildren(table(`${cut}${this.summary}`, [
      [symbol(x.name), "number", (row) => row[0]], [isMap ? symbol(y.name) : "curve", isMap ? "number" : "", (row) => row[1]],
      ["mean", "number", (row) => row[2]], ["standard error", "number", (row) => row[3]]], rows.slice(0, MOST_CELLS)));
  }
}

function inWords(value, error, isThere) {
  if (Number.isNaN(value)) return [isThere ? "no mean" : "not recorded", ""];
  return [number(value, 7), error > 0 ? number(error, 2) : ""];
}

/** An axis in the order of its values. */
function sorted({ name, values }) {
  const order = values.map((_, i) => i);
  if (values.every((value) => typeof value === "number")) order.sort((a, b) => values[a] - values[b]);
  return { name, order, values: order.map((i) => values[i]) };
}

function evenly(length, most) {
  return length <= most ? Array.from({ length }, (_, i) => i) : Array.from({ length: most }, (_, i) => Math.floor(i * (length - 1) / (most - 1)));
}
