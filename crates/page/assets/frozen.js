// A sweep in a file: what the coordinator would answer, from what stands in the page itself.

const NO_VALUE = 0x7fc00001;

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
    const lengths = data.sweep.dimensions.map((axes) => axes[0].values.length);
    this.lengths = lengths;
    this.strides = lengths.map((_, i) => lengths.slice(i + 1).reduce((product, length) => product * length, 1));
  }

  me = async () => ({ role: "read", has_tokens: false, colours: this.data.colours });
  sweep = async () => this.data.sweep;
  transitions = async () => this.data.transitions;

  async picture(_, { curve, quantity, x, y, at }) {
    const { values, errors } = await this.#numbers(`${quantity} of ${curve}`);
    const places = at.split(",").map(Number);
    const origin = places.reduce((sum, place, i) => sum + (i === x || i === y ? 0 : place * this.strides[i]), 0);
    const nx = this.lengths[x], ny = y === null || y === undefined ? 1 : this.lengths[y];
    const slice = { nx, ny, version: "frozen", changed: null, values: new Float32Array(nx * ny), errors: new Float32Array(nx * ny) };
    // As bits: of numbers that are none the last one tells whether rows are there.
    const words = (of) => new Uint32Array(of.buffer, of.byteOffset, of.length);
    const [from, to] = [[words(values), words(errors)], [words(slice.values), words(slice.errors)]];
    for (let iy = 0; iy < ny; iy++) {
      for (let ix = 0; ix < nx; ix++) {
        const place = origin + ix * this.strides[x] + (ny > 1 || (y !== null && y !== undefined) ? iy * this.strides[y] : 0);
        to[0][iy * nx + ix] = from[0][place];
        to[1][iy * nx + ix] = from[1][place];
      }
    }
    return slice;
  }

  async #numbers(name) {
    if (!this.unpacked.has(name)) this.unpacked.set(name, this.#unpack(this.data.pictures[name]));
    return this.unpacked.get(name);
  }

  async #unpack(text) {
    const points = this.lengths.reduce((product, length) => product * length, 1);
    if (text === undefined) {
      const nothing = new Float32Array(new Uint32Array(points).fill(NO_VALUE).buffer);
      return { values: nothing, errors: nothing };
    }
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const buffer = await new Response(stream).arrayBuffer();
    return { values: new Float32Array(buffer, 0, points), errors: new Float32Array(buffer, 4 * points, points) };
  }
}
