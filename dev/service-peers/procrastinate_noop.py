"""How many no-op jobs procrastinate completes per second.

    python procrastinate_noop.py URL JOBS CONCURRENCY

URL is an empty database. The last line is {"version", "jobs", "seconds", "transactions"}: seconds from the first to the
last completion by the database's own record, and the transactions that wrote meanwhile.
"""

import asyncio
import importlib.metadata
import json
import sys

import procrastinate
import psycopg

SPAN = """SELECT extract(epoch FROM max(at) - min(at))::float8 FROM procrastinate_events WHERE type = 'succeeded'"""


async def submit(app, noop, jobs):
    """Installs the tables and stores the jobs, a thousand at a time."""
    await app.schema_manager.apply_schema_async()
    for first in range(0, jobs, 1000):
        await noop.batch_defer_async(*[{}] * min(1000, jobs - first))


async def work(url, jobs, concurrency):
    """Completes all jobs with one worker."""
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=concurrency, max_size=concurrency + 4)
    app = procrastinate.App(connector=connector)

    @app.task(name="noop")
    async def noop():
        pass

    async with app.open_async():
        await submit(app, noop, jobs)
        before = transactions(url)
        await app.run_worker_async(wait=False, concurrency=concurrency, install_signal_handlers=False)
    return before


def value(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql).fetchone()[0]


def transactions(url):
    return int(value(url, "SELECT pg_current_xact_id()::text"))


def main():
    url, jobs, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    before = asyncio.run(work(url, jobs, concurrency))
    after = transactions(url)
    version = importlib.metadata.version("procrastinate")
    print(json.dumps({"version": version, "jobs": jobs, "seconds": value(url, SPAN), "transactions": after - before}))


main()
