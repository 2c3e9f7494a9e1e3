// How many no-op jobs graphile-worker completes per second.
//
//     node graphile.mjs FOLDER URL JOBS CONCURRENCY plain|batched
//
// FOLDER is where npm installed it, URL an empty database. The last line is {"version", "jobs", "seconds", "transactions"}:
// seconds from the first job's start until the table of jobs is empty, and the transactions that wrote meanwhile.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, url, jobsText, concurrencyText, mode] = process.argv.slice(2);
const [jobs, concurrency] = [Number(jobsText), Number(concurrencyText)];
const require = createRequire(`${folder}/package.json`);
const { Logger, makeWorkerUtils, run } = require("graphile-worker");
const { Pool } = require("pg");

const pool = new Pool({ connectionString: url, max: concurrency + 4 });
const logger = new Logger(() => () => {});

const value = async (sql) => Object.values((await pool.query(sql)).rows[0])[0];
const transactions = async () => Number(await value("SELECT pg_current_xact_id()::text"));
const isDone = () => value("SELECT NOT EXISTS (SELECT FROM graphile_worker._private_jobs)");
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function submit() {
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  await pool.query("SELECT graphile_worker.add_job('noop', json_build_object('id', i)) FROM generate_series(1, $1::int) i", [jobs]);
  await pool.query("VACUUM ANALYZE graphile_worker._private_jobs");
  await utils.release();
}

async function work() {
  let [ran, since] = [0, 0];
  const noop = async () => {
    if (ran++ === 0) since = performance.now();
  };
  const batches = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  const preset = { worker: mode === "batched" ? batches : {} };
  const runner = await run({ pgPool: pool, concurrency, logger, noHandleSignals: true, taskList: { noop }, preset });
  while (ran < jobs || !(await isDone())) await sleep(ran < jobs ? 5 : 1);
  const seconds = (performance.now() - since) / 1000;
  await runner.stop();
  return seconds;
}

await submit();
const before = await transactions();
const seconds = await work();
const after = await transactions();
const { version } = JSON.parse(readFileSync(`${folder}/node_modules/graphile-worker/package.json`));
console.log(JSON.stringify({ version, jobs, seconds, transactions: after - before }));
await pool.end();
