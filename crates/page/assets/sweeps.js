// All sweeps, and who computes them.

import { h, renew, table } from "./elements.js";
import { count, duration } from "./text.js";

const percent = (sweep) => (sweep.units ? 100 * sweep.units_done / sweep.units : 100);

/** A bar with what it says in words. */
export function progressBar(sweep) {
  const share = `${Math.floor(percent(sweep) * 10) / 10} %`;
  return h("span", {}, h("progress", { max: 100, value: percent(sweep), "aria-label": `units done of ${sweep.sweep}` }), " ", share);
}

export const status = (sweep) => h("span", { className: `status ${sweep.status}` }, sweep.status);

/** Shows the list until the function that it returns is called. */
export function showSweeps(main, source, onTrouble) {
  const sweeps = h("section"), workers = h("section");
  main.replaceChildren(h("h1", {}, "Sweeps"), sweeps, h("h2", {}, "Workers"), workers);
  return source.list((told) => {
    onTrouble(told.trouble);
    if (!told.sweeps) return;
    renew(sweeps, told.sweeps.length ? sweepTable(told.sweeps)
      : h("p", {}, "There is no sweep yet: ", h("code", {}, "rapgrid submit SPEC.toml"), " stores one."));
    renew(workers, told.workers.length ? workerTable(told.workers)
      : h("p", {}, "No worker is there, nor was within the last hour: ", h("code", {}, "rapgrid worker"), " starts one."));
  });
}

function sweepTable(sweeps) {
  return table("newest first", [
    ["sweep", "", (sweep) => h("a", { href: `#/sweep/${encodeURIComponent(sweep.sweep)}` }, sweep.sweep)],
    ["status", "", status],
    ["units done", "", progressBar],
    ["rows", "number", (sweep) => `${count(sweep.rows_done)} of ${count(sweep.rows)}`],
    ["failed jobs", "number", (sweep) => (sweep.jobs_failed ? h("span", { className: "bad" }, count(sweep.jobs_failed)) : "0")],
    ["workers", "number", (sweep) => sweep.workers],
    ["time left", "number", (sweep) => duration(sweep.seconds_left)],
    ["core time", "number", (sweep) => duration(sweep.cpu_seconds)],
  ], sweeps);
}

function workerTable(workers) {
  return table("those that are there, and those that went within the last hour", [
    ["worker", "number", (worker) => worker.worker],
    ["host", "", (worker) => worker.host],
    ["presence", "", (worker) => h("span", { className: worker.presence === "lost" ? "bad" : "" }, worker.presence)],
    ["threads", "number", (worker) => worker.threads],
    ["jobs held", "number", (worker) => worker.jobs],
    ["jobs finished", "number", (worker) => count(worker.jobs_finished)],
    ["units in the last minute", "number", (worker) => count(worker.units_last_minute)],
    ["last heard of", "number", (worker) => (worker.presence === "alive" ? "just now" : `${duration(worker.seen_seconds_ago)} ago`)],
    ["version", "", (worker) => worker.version],
  ], workers);
}
