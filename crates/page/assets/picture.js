// A slice of a picture: means and errors at nx × ny points, NaN where there is none, and how many samples they are of.

const STEPS = 65533, STEP_ABSENT = 65535, STEP_NO_VALUE = 65534;

/** What the coordinator sent, applied to the slice that was there if it says what has changed. */
export function decode(buffer, old) {
  const length = new DataView(buffer).getUint32(0, true), start = 4 + length;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (header.form === "changes") return applied(old, header, buffer, start);
  const { nx, ny, version } = header, points = nx * ny;
  if (header.form === "numbers") return { nx, ny, version, changed: null, ...numbers(buffer, start, points) };
  const steps = new Uint16Array(buffer, start, points);
  const [low, high] = header.range ?? [NaN, NaN], step = (high - low) / STEPS;
  const values = Float64Array.from(steps, (of) => (of >= STEP_NO_VALUE ? NaN : low + step * of));
  // Of so many points it is known whether there are rows, and no more.
  const samples = Uint16Array.from({ length: 2 * points }, (_, i) => (steps[i >> 1] === STEP_ABSENT ? 0 : 65535));
  return { nx, ny, version, changed: null, values, errors: null, samples, step };
}

/** All values, all errors, and for each point the samples of its mean and those recorded. */
export function numbers(buffer, start, points) {
  return {
    values: new Float64Array(buffer, start, points), errors: new Float64Array(buffer, start + 8 * points, points),
    samples: new Uint16Array(buffer, start + 16 * points, 2 * points), step: 0,
  };
}

function applied(old, { version, changes }, buffer, start) {
  const changed = new Uint32Array(buffer, start, changes);
  const samples = new Uint16Array(buffer, start + 4 * changes, 2 * changes);
  const values = new Float64Array(buffer, start + 8 * changes, changes);
  const errors = new Float64Array(buffer, start + 16 * changes, changes);
  changed.forEach((point, i) => {
    old.values[point] = values[i];
    if (old.errors) {
      old.errors[point] = errors[i];
      old.samples.set(samples.subarray(2 * i, 2 * i + 2), 2 * point);
    } else old.samples.fill(65535, 2 * point, 2 * point + 2);
  });
  return { ...old, version, changed };
}

/** Samples recorded at a point; 65,535 where only that there are some is known. */
export const recorded = (slice, point) => slice.samples[2 * point + 1];

/** Smallest and largest value; null if there is none. */
export function range(slice) {
  let low = Infinity, high = -Infinity;
  for (const value of slice.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}
