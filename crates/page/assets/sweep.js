// One sweep: its progress, and its phase diagram as it fills in.

import { digitsOf, HeatMap } from "./heatmap.js";
import { Lines, MOST_CURVES } from "./lines.js";
import { dimensionsOf, structureOf, symbols, where } from "./dimensions.js";
import { choice, h, renew, say, table } from "./elements.js";
import { pointPanel } from "./point.js";
import { progressBar, status } from "./sweeps.js";
import { count, duration, number, symbol } from "./text.js";

/** Trusted in this order where nobody has chosen. */
const KINDS = ["replica_exchange", "reduced_mc", "mc", "exact", "bp", "bp_reduced", "anneal"];
/** Points of a slice that are also written down. */
const MOST_CELLS = 2000;
/** Between two looks at a point whose samples come in, and before another try, in milliseconds. */
const REST = 2000;

export class SweepView {
  constructor(main, source, described, context) {
    Object.assign(this, { main, source, context, sweep: described });
    // Axes of one value are said, not chosen.
    this.dimensions = dimensionsOf(described.coordinates);
    this.varied = this.dimensions.map((_, i) => i).filter((i) => this.dimensions[i].length > 1);
    this.version = null;
    this.state = this.#first(context.parameters);
    this.head = h("div", { className: "line" });
    this.verbs = h("div", { className: "line" });
    this.controls = h("form", { className: "controls", "aria-label": "What is drawn", onsubmit: (event) => event.preventDefault() });
    this.figure = h("figure");
    this.caption = h("figcaption", { "aria-live": "off" });
    this.panel = h("aside", { "aria-label": "The chosen point" },
      h("p", { className: "muted" }, "A click on a point, or Enter, shows its samples, why some are missing, and the commands that compute them again."));
    this.below = h("section");
    const fixed = this.dimensions.filter((of) => of.length === 1).flatMap((of) => of.axes);
    main.replaceChildren(h("h1", {}, described.sweep), this.head, this.verbs,
      h("p", { className: "muted" }, fixed.map((axis) => `${symbol(axis.name)} = ${number(axis.values[0])}`).join(", "),
        `; ${described.samples} ${described.samples === 1 ? "sample" : "samples"} a cell`),
      ...(described.curves.length ? [this.controls, h("div", { className: "look" }, this.figure, this.panel)]
        : [h("p", {}, "It has no means over β to draw: ", h("code", {}, `rapgrid plot ${described.sweep}`), " draws what it has.")]),
      this.below);
    this.told({ progress: described.progress });
    this.#below(described);
    if (described.curves.length) this.#draw();
    if (!source.isFrozen) this.stop = source.beats(described.sweep, (beat) => this.told(beat));
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.later);
    clearTimeout(this.pointLater);
    this.stop?.();
    this.plot?.close();
  }

  /** What to begin with: what the address says, else a map over β and the longest axis. */
  #first(parameters) {
    const { curves, quantities } = this.sweep;
    const beta = this.dimensions.length - 1;
    const rank = (of) => (KINDS.indexOf(of.kind) + KINDS.length + 1) % (KINDS.length + 1);
    // Of two branches the ordered one is looked for.
    const best = [...curves].sort((a, b) => rank(a) - rank(b) || b.curve.localeCompare(a.curve))[0]?.curve;
    const longest = [...this.varied].sort((a, b) => this.dimensions[b].length - this.dimensions[a].length);
    const x = longest.find((i) => i !== beta) ?? longest[0] ?? beta;
    const others = longest.filter((i) => i !== x);
    const y = others.includes(beta) ? beta : others[0] ?? null;
    const one = (name, allowed, otherwise) => (allowed.includes(parameters.get(name)) ? parameters.get(name) : otherwise);
    const place = (name, otherwise) => {
      const at = this.dimensions.findIndex((of) => of.name === parameters.get(name));
      return this.varied.includes(at) ? at : otherwise;
    };
    // By their values, which stay what they are when a sweep is extended.
    const at = this.dimensions.map((of) => Math.max(of.order.findIndex((_, k) => String(of.values[k]) === parameters.get(of.name)), 0));
    const state = {
      quantity: one("quantity", quantities.map((of) => of.quantity), quantities[0]?.quantity),
      curve: one("curve", curves.map((of) => of.curve), best),
      as: one("as", ["map", "lines"], y === null ? "lines" : "map"),
      hue: one("hue", ["curve", ...this.dimensions.map((of) => of.name)], "curve"),
      x: place("x", x), y: place("y", y), at: at.map((k, i) => this.dimensions[i].order[k]),
    };
    if (state.y === null) state.as = "lines";
    if (state.x === state.y) state.y = this.varied.find((i) => i !== state.x) ?? null;
    return state;
  }

  #remember() {
    const { quantity, curve, as, hue, x, y, at } = this.state;
    const named = (i) => (i === null ? undefined : this.dimensions[i].name);
    const pairs = { quantity, curve, as, hue, x: named(x), y: named(y) };
    for (const i of this.varied) pairs[named(i)] = this.dimensions[i].values[this.dimensions[i].order.indexOf(at[i])];
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
      this.#lookAgain();
    }
  }

  #head(progress) {
    const before = this.status;
    this.status = progress.status;
    if (before && before !== progress.status) {
      say(`${progress.sweep} is ${progress.status}`);
      this.rows = null;
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
    const key = verbs.map((verb) => verb.textContent).join();
    if (this.verbs.dataset.of !== key) {
      this.verbs.dataset.of = key;
      this.verbs.replaceChildren(...verbs);
    }
    renew(this.head, status(progress), progressBar(progress),
      h("span", {}, `${count(progress.rows_done)} of ${count(progress.rows)} rows`),
      progress.seconds_left !== null && progress.seconds_left !== undefined && h("span", {}, `${duration(progress.seconds_left)} left`),
      h("span", {}, `${progress.workers} workers`), h("span", {}, `${duration(progress.cpu_seconds)} of core time`),
      progress.jobs_failed > 0 && h("span", { className: "bad" }, `${count(progress.jobs_failed)} failed jobs`));
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
    this.plot = as === "map" ? new HeatMap(colours, (ix, iy) => this.#pick(ix, iy), this.sweep.samples)
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
    const dimension = this.dimensions.findIndex((of) => of.name === hue);
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
      clearTimeout(this.later);
      this.later = setTimeout(() => this.isClosed || this.refresh(), REST);
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
    const hidden = as === "lines" && this.state.hue === "curve" ? this.sweep.curves.length - this.shown.length : 0;
    this.summary = [`${of.label}${of.definition ? ` (${of.definition})` : ""}: ${count(known)} of ${count(points)} points`,
      hidden > 0 && `${hidden} more curves are not drawn`, as === "map" && this.marks?.length > 0 && this.legend,
      "hatched: samples are still to come"].filter(Boolean).slice(0, this.plot.isHatched ? 4 : -1).join("; ");
    if (as === "map") {
      this.plot.show({ slice: first.slice, x: this.axes.x, y: this.axes.y, label: of.label, marks: this.marks, axesChanged: this.axesChanged });
    } else {
      this.plot.show({ x: this.axes.x, label: of.label, ...this.#asCurves() });
    }
    this.axesChanged = false;
    if (as !== "map" || !this.plot.cursor) this.caption.textContent = this.summary;
    else this.plot.tell();
    document.body.dataset.drawn = `${this.state.as} ${known}`;
    if (this.written?.parentElement?.open) this.#written();
  }

  #asCurves() {
    const ordered = (values, errors, samples) => ({
      values: this.axes.x.order.map((i) => values[i]), errors: errors && this.axes.x.order.map((i) => errors[i]),
      recorded: this.axes.x.order.map((i) => samples[2 * i + 1]),
    });
    const [first] = this.shown;
    if (first.hue === undefined) {
      const curves = this.shown.map((of) => ({
        name: of.name, colour: of.colour, isDashed: of.name.endsWith("/paramagnetic"), ...ordered(of.slice.values, of.slice.errors, of.slice.samples),
      }));
      return { curves: (this.curves = curves.filter((of) => of.values.some((value) => !Number.isNaN(value)))) };
    }
    const hue = this.dimensions[first.hue], { nx } = first.slice;
    const taken = evenly(hue.order.length, MOST_CURVES);
    this.curves = taken.map((k, i) => {
      const part = (of, times = 1) => of && of.subarray(times * hue.order[k] * nx, times * (hue.order[k] + 1) * nx);
      return {
        name: `${symbol(hue.name)} = ${number(hue.values[k])}`, rank: taken.length > 1 ? i / (taken.length - 1) : 0, hue: [first.hue, hue.order[k]],
        ...ordered(part(first.slice.values), part(first.slice.errors), part(first.slice.samples, 2)),
      };
    });
    return { curves: this.curves };
  }

  /** Where the branches of a method cross and vanish, on its own maps over an axis along which that was found. */
  async #transitions() {
    const { x, y, as, curve, at } = this.state, mine = (this.asking = Symbol("one"));
    this.marks = null;
    if (as !== "map" || y === null) return;
    try {
      this.rows ??= this.source.transitions(this.sweep.sweep);
      const rows = await this.rows;
      if (this.isClosed || mine !== this.asking) return;
      const [along, beside] = [this.dimensions[x].name, this.dimensions[y].name], isOwn = structureOf(this.dimensions, at);
      const held = this.dimensions.flatMap(({ axes }, i) => (i === x || i === y ? [] : axes.map(({ name, values }) => [name, values[at[i]]])));
      const isHere = (row) => held.every(([name, value]) => row[name] === undefined || row[name] === value);
      const method = curve.split("/")[0];
      const of = rows.filter((row) => row.method === method && row.axis === along && row[beside] !== undefined && row.current
        && isOwn(row.structure) && isHere(row));
      const line = (column, isDashed) => ({
        isDashed, points: of.filter((row) => row[column] !== undefined).map((row) => [row[column], row[beside], row.resolved]).sort((a, b) => a[1] - b[1]),
      });
      this.marks = [line("crossing", false), line("ordering", true)].filter((mark) => mark.points.length > 0);
      this.legend = `dots: half of the samples have the polarised branch of ${method} stable (rings: the grid's step there is larger than 0.02); dashes: its order ends`;
    } catch {
      this.rows = null;
      return;
    }
    if (this.shown[0]?.slice && !this.axesChanged) this.#show();
  }

  #pick(ix, iy) {
    this.#point(this.state.curve, [[this.state.x, this.axes.x.order[ix]], [this.state.y, this.axes.y.order[iy]]]);
  }

  #pickCurve(curve, ix) {
    const of = this.curves[curve];
    this.#point(of.hue ? this.state.curve : of.name, [[this.state.x, this.axes.x.order[ix]], ...(of.hue ? [of.hue] : [])]);
  }

  #point(curve, places) {
    const at = [...this.state.at];
    for (const [dimension, place] of places) at[dimension] = place;
    const title = this.varied.map((i) => where(this.dimensions[i], at[i])).join(", ");
    this.point = { curve, at: at.join(","), title };
    this.#look(true);
  }

  /** Shows the chosen point, as it is now. */
  async #look(isNew) {
    const { point } = this, { curve, at, title } = point;
    if (this.source.isFrozen) {
      this.panel.replaceChildren(h("h2", {}, title), h("p", {}, "This page is one file, without the rows of the samples. With the sweep's database, ",
        h("code", {}, "rapgrid page"), " shows them."));
      return;
    }
    try {
      const told = await this.source.point(this.sweep.sweep, { curve, at });
      if (this.isClosed || point !== this.point) return;
      point.isPartial = told.recorded < told.samples;
      this.panel.replaceChildren(...pointPanel(told, title));
      if (isNew) say(`${title}: shown beside the picture`);
    } catch (error) {
      if (point !== this.point) return;
      this.panel.replaceChildren(h("p", { className: "bad" }, error.message));
      this.context.onError(error);
    }
  }

  /** The chosen point again, if samples of it may have come. */
  #lookAgain() {
    if (!this.point?.isPartial || this.pointLater) return;
    this.pointLater = setTimeout(() => {
      this.pointLater = null;
      this.#look(false);
    }, REST);
  }

  #set(change) {
    Object.assign(this.state, change);
    if (this.state.x === this.state.y) this.state.y = this.varied.find((i) => i !== this.state.x) ?? null;
    this.#draw();
  }

  #controls() {
    const { state } = this;
    const focus = document.activeElement?.dataset?.of;
    const quantities = this.sweep.quantities.map((of) => [of.quantity, of.quantity.replaceAll("_", " ")]);
    const curves = this.sweep.curves.map((of) => [of.curve, of.curve]);
    const axes = this.varied.map((i) => [String(i), symbols(this.dimensions[i])]);
    const isMap = state.as === "map";
    const usesCurve = isMap || state.hue !== "curve";
    const hue = [["curve", "method and branch"], ...this.varied.filter((i) => i !== state.x).map((i) => [this.dimensions[i].name, symbols(this.dimensions[i])])];
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
    const hueAt = as === "lines" && hue !== "curve" ? this.dimensions.findIndex((of) => of.name === hue) : -1;
    const isHeld = (i) => i !== x && (as === "map" ? i !== y : i !== hueAt);
    return this.varied.filter(isHeld).map((i) => {
      const of = this.dimensions[i];
      const words = () => where(of, this.state.at[i]);
      const output = h("output", {}, words());
      const range = h("input", { type: "range", min: "0", max: String(of.length - 1), step: "1", value: String(of.order.indexOf(this.state.at[i])),
        "aria-label": symbols(of), "aria-valuetext": words(), oninput: () => {
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
    this.shown = this.state.as === "map" ? [{ asked: this.#asked(this.state.curve, this.state.y), slice: null }] : this.#curves();
    this.#transitions();
    this.refresh();
  }

  /** The slice in words, for whoever does not see the picture. */
  #written() {
    if (!this.shown?.[0]?.slice) return;
    const isMap = this.state.as === "map", { x, y } = this.axes, [{ slice }] = this.shown;
    const rows = [];
    const add = (at, curve, value, error, recorded) => rows.length < MOST_CELLS && rows.push([at, curve, ...inWords(value, error, recorded, slice)]);
    if (isMap) {
      y.values.forEach((beside, iy) => x.values.forEach((value, ix) => {
        if (rows.length >= MOST_CELLS) return;
        const place = y.order[iy] * slice.nx + x.order[ix];
        add(number(value), number(beside), slice.values[place], slice.errors?.[place], slice.samples[2 * place + 1]);
      }));
    } else {
      for (const curve of this.curves) {
        x.values.forEach((value, i) => add(number(value), curve.name, curve.values[i], curve.errors?.[i], curve.recorded[i]));
      }
    }
    const cut = rows.length >= MOST_CELLS ? `the first ${count(MOST_CELLS)} points; ` : "";
    renew(this.written, table(`${cut}${this.summary}`, [
      [symbol(x.name), "number", (row) => row[0]], [isMap ? symbol(y.name) : "curve", isMap ? "number" : "", (row) => row[1]],
      ["mean", "number", (row) => row[2]], ["standard error", "number", (row) => row[3]], ["samples recorded", "number", (row) => row[4]]], rows));
  }
}

function inWords(value, error, recorded, slice) {
  const rows = slice.step ? "" : count(recorded);
  if (Number.isNaN(value)) return [recorded > 0 ? "no mean" : "not recorded", "", rows];
  return [slice.step ? `≈ ${number(value, digitsOf(slice))}` : number(value, 9), error > 0 ? number(error, 2) : "", rows];
}

function evenly(length, most) {
  return length <= most ? Array.from({ length }, (_, i) => i) : Array.from({ length: most }, (_, i) => Math.floor(i * (length - 1) / (most - 1)));
}
