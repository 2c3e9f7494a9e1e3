// A sweep in a file: what the coordinator would answer, from what stands in the page itself.

import { numbers } from "./picture.js";

/** What stands in the page; null on a page that a coordinator serves. */
export function frozenData() {
  const script = document.getElementById("frozen");
  return script ? JSON.parse(script.textContent) : null;
}

export class Frozen {
  isFrozen = true;

  constructor(data) {
    this.data = data;
    this.unpacked = new Map();
    const { axes, beta } = data.sweep.coordinates;
    this.lengths = [...axes.map((together) => Object.values(together)[0].length), beta.length];
    this.strides = this.lengths.map((_, i) => this.lengths.slice(i + 1).reduce((product, length) => product * length, 1));
    this.points = this.lengths.reduce((product, length) => product * length, 1);
  }

  me = async () => ({ role: "read", has_tokens: false, colours: this.data.colours });
  sweep = async () => this.data.sweep;
  transitions = async () => this.data.transitions;

  async picture(_, { curve, quantity, x, y, at }) {
    const all = await this.#numbers(`${quantity} of ${curve}`);
    const varies = (i) => i === x || i === y;
    const first = at.split(",").reduce((sum, place, i) => sum + (varies(i) ? 0 : Number(place) * this.strides[i]), 0);
    const nx = this.lengths[x], ny = y === null ? 1 : this.lengths[y];
    const places = Array.from({ length: nx * ny }, (_, i) => first + i % nx * this.strides[x] + (y === null ? 0 : Math.floor(i / nx) * this.strides[y]));
    return {
      nx, ny, version: "frozen", changed: null, step: 0,
      values: Float64Array.from(places, (place) => all.values[place]), errors: Float64Array.from(places, (place) => all.errors[place]),
      samples: Uint16Array.from(places.flatMap((place) => [all.samples[2 * place], all.samples[2 * place + 1]])),
    };
  }

  #numbers(name) {
    if (!this.unpacked.has(name)) this.unpacked.set(name, this.#unpack(this.data.pictures[name]));
    return this.unpacked.get(name);
  }

  async #unpack(text) {
    if (text === undefined) {
      const nothing = new Float64Array(this.points).fill(NaN);
      return { values: nothing, errors: nothing, samples: new Uint16Array(2 * this.points) };
    }
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return numbers(await new Response(stream).arrayBuffer(), 0, this.points);
  }
}
