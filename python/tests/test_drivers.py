"""`rapgrid db url --for DRIVER`, each with the driver itself."""

import asyncio
import subprocess

import pytest

from rapgrid import _program

COUNT = "SELECT count(*) FROM rapgrid.results WHERE dilution_1 = 0.28"
EXPECTED = 24


@pytest.fixture
def url_for(url, data_dir):
    # The server is held up meanwhile.
    def form(driver):
        arguments = [_program.path(), "db", "url", "--for", driver, "--data-dir", str(data_dir)]
        return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()

    return form


def test_libpq(url_for):
    import psycopg

    with psycopg.connect(url_for("libpq")) as connection:
        assert connection.execute(COUNT).fetchone() == (EXPECTED,)


def test_sqlalchemy(url_for):
    import sqlalchemy

    with sqlalchemy.create_engine(url_for("sqlalchemy")).connect() as connection:
        assert connection.execute(sqlalchemy.text(COUNT)).scalar() == EXPECTED


def test_asyncpg(url_for):
    import asyncpg

    async def count():
        connection = await asyncpg.connect(url_for("asyncpg"))
        try:
            return await connection.fetchval(COUNT)
        finally:
            await connection.close()

    assert asyncio.run(count()) == EXPECTED


def test_adbc(url_for):
    import adbc_driver_postgresql.dbapi

    with adbc_driver_postgresql.dbapi.connect(url_for("adbc")) as connection, connection.cursor() as cursor:
        cursor.execute(COUNT)
        assert cursor.fetchone() == (EXPECTED,)
