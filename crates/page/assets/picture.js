// A slice of a picture: values and errors at nx × ny points. Of the values that are NaN the last bit says that rows are
// there, but no mean to show.

const ABSENT = 0x7fc00000, NO_VALUE = 0x7fc00001;
const STEPS = 65533, STEP_ABSENT = 65535, STEP_NO_VALUE = 65534;

/** What the coordinator sent, applied to the slice that was there if it says what has changed. */
export function decode(buffer, old) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = 4 + length;
  if (header.form === "changes") return applied(old, header, new Uint32Array(buffer, start));
  const slice = { nx: header.nx, ny: header.ny, version: header.version, changed: null };
  const points = header.nx * header.ny;
  if (header.form === "numbers") {
    slice.values = new Float32Array(buffer, start, points);
    slice.errors = new Float32Array(buffer, start + 4 * points, points);
    return slice;
  }
  slice.values = new Float32Array(points);
  const bits = new Uint32Array(slice.values.buffer);
  const steps = new Uint16Array(buffer, start, points);
  const step = (header.high - header.low) / STEPS;
  for (let i = 0; i < points; i++) {
    if (steps[i] === STEP_ABSENT) bits[i] = ABSENT;
    else if (steps[i] === STEP_NO_VALUE) bits[i] = NO_VALUE;
    else slice.values[i] = header.low + step * steps[i];
  }
  return slice;
}

function applied(old, header, words) {
  const bits = new Uint32Array(old.values.buffer, old.values.byteOffset, old.values.length);
  const errors = old.errors && new Uint32Array(old.errors.buffer, old.errors.byteOffset, old.errors.length);
  const changed = new Uint32Array(words.length / 3);
  for (let i = 0; i < changed.length; i++) {
    const at = words[3 * i];
    bits[at] = words[3 * i + 1];
    if (errors) errors[at] = words[3 * i + 2];
    changed[i] = at;
  }
  return { ...old, version: header.version, changed };
}

/** Whether rows are there, though no value. */
export function hasRows(slice, at) {
  return new Uint32Array(slice.values.buffer, slice.values.byteOffset, slice.values.length)[at] !== ABSENT;
}

/** Smallest and largest value; null if there is none. */
export function range(slice) {
  let low = Infinity, high = -Infinity;
  for (const value of slice.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}
