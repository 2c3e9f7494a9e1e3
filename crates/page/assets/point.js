// One point: its samples, why some are missing, and how to see them again.

import { h, table } from "./elements.js";
import { count, number, withError } from "./text.js";

/** What a row says, with its own error if it has one; only columns that some row has are shown. */
const COLUMNS = [
  ["energy_per_weight", "energy_error"], ["log_z_per_weight", "log_z_error"], ["entropy_per_weight", "entropy_error"],
  ["overlap"], ["lowest_energy_per_weight"], ["specific_heat", "specific_heat_error"], ["path_overlap", "path_overlap_error"],
  ["susceptibility", "susceptibility_error"], ["system_susceptibility", "system_susceptibility_error"],
  ["unit_binder", "unit_binder_error"], ["iterations"], ["residual"], ["tau_int"], ["r_hat"], ["weights"], ["paths"], ["seconds"],
];

const REASONS = {
  not_converged: "belief propagation reached its iteration limit",
  empty: "the sample has no active path",
  too_costly: "more than the method's limit",
};

/** The panel of a point. */
export function pointPanel(told, where) {
  const { rows, jobs, samples, recorded } = told;
  const missing = samples - recorded;
  const outcomes = new Map();
  for (const { outcome } of rows) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const counted = [...outcomes].map(([outcome, n]) => `${n} ${outcome.replaceAll("_", " ")}${REASONS[outcome] ? ` (${REASONS[outcome]})` : ""}`);
  return [
    h("h2", {}, where),
    h("p", {}, `${told.curve}: ${count(recorded)} of ${count(samples)} samples are recorded`, counted.length ? ` – ${counted.join(", ")}` : "",
      rows.length < recorded ? `; the first ${count(rows.length)} of them:` : ""),
    missing > 0 && whyMissing(missing, jobs),
    rows.length > 0 && rowTable(rows),
    h("h2", {}, "To see it again"),
    command("compute these rows again, and compare them bit for bit", told.replay),
    told.instance && command("write the instance of sample 0 (another with --sample)", told.instance),
    h("details", {}, h("summary", {}, "The cell"), h("pre", {}, `${told.cell}\ncell_id ${told.cell_id}, beta ${told.beta}`)),
  ].filter(Boolean);
}

function whyMissing(missing, jobs) {
  const lines = jobs.map((job) => {
    if (job.state === "failed") return h("li", { className: "bad" }, `job ${job.job_id} failed ${job.attempts} times: ${job.error ?? "no reason was given"}`);
    if (job.state === "leased") return h("li", {}, `job ${job.job_id} is computed on ${job.host ?? "a worker"}`);
    const why = job.error ? `; before, it failed: ${job.error}` : "";
    return h("li", {}, `job ${job.job_id} waits for a worker${why}`);
  });
  const none = "they are in no job yet: a worker gets to them in the order of the grid";
  return h("div", {}, h("p", {}, `${count(missing)} samples are missing${lines.length ? ":" : `: ${none}`}`), lines.length > 0 && h("ul", {}, lines));
}

function rowTable(rows) {
  const columns = COLUMNS.filter(([column]) => rows.some((row) => row[column] !== undefined && row[column] !== null));
  return table("rows by sample, with Monte Carlo's own errors", [
    ["sample", "number", (row) => row.sample],
    ["outcome", "", (row) => row.outcome.replaceAll("_", " ")],
    ...columns.map(([column, error]) => [column, "number", (row) => cell(row[column], row[error])]),
    ["host", "", (row) => row.host ?? ""],
    ["version", "", (row) => row.version ?? ""],
  ], rows);
}

function cell(value, error) {
  if (value === undefined || value === null) return "";
  if (typeof value !== "number") return String(value);
  return error > 0 ? withError(value, error) : number(value, 8);
}

function command(what, text) {
  const copy = h("button", { type: "button", onclick: async () => {
    await navigator.clipboard?.writeText(text);
    copy.textContent = "Copied";
  } }, "Copy");
  return h("div", {}, h("div", { className: "line" }, `${what}:`, navigator.clipboard ? copy : null), h("pre", {}, text));
}
