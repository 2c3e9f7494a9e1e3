// Numbers and names as people read them.

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const subscript = (digits) => [...digits].map((digit) => SUBSCRIPTS[digit]).join("");
const minus = (text) => text.replaceAll("-", "−");

/** The symbol of an axis in formulas: p₁. */
export function symbol(axis) {
  const [, family, layer] = /^(dilution|activation)_(\d+)$/.exec(axis) ?? [];
  if (family) return (family === "dilution" ? "p" : "ρ") + subscript(layer);
  return axis === "beta" ? "β" : axis;
}

/** Its name with the symbol. */
export function axisLabel(axis) {
  const of = symbol(axis);
  if (of === axis) return axis.replaceAll("_", " ");
  return axis === "beta" ? "inverse temperature  β" : `${axis.split("_")[0]}  ${of}`;
}

/** A value of an axis, or a number without an error. */
export function number(value, digits = 6) {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(digits - 1) : value.toPrecision(digits);
  return minus(text.replace(/(\.\d*?)0+(e|$)/, "$1$2").replace(/\.(e|$)/, "$1"));
}

/** With one standard error of two digits: −1.2886 ± 0.0012. */
export function withError(value, error) {
  if (!Number.isFinite(error) || error <= 0) return number(value, 9);
  const places = Math.max(1 - Math.floor(Math.log10(error)), 0);
  // A number has some sixteen digits, and before the point stand some of them.
  const most = 15 - Math.max(Math.floor(Math.log10(Math.abs(value) || 1)) + 1, 1);
  if (places > Math.min(most, 12)) return `${number(value, 13)} ± ${number(error, 2)}`;
  return minus(`${value.toFixed(places)} ± ${error.toFixed(places)}`);
}

/** Whole numbers with thin spaces between thousands. */
export function count(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86400).toFixed(1)} days`;
}
