"""The package as it is installed: results in every reader, instances in process, errors in the program's words."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy
import pytest

import rapgrid
from conftest import SPEC
from rapgrid import _program
from rapgrid._spec import dumps

DILUTIONS = [0, 0.14, 0.28, 0.42, 0.56, 0.7, 0.84, 0.98]


def test_importing_is_fast_and_loads_nothing_of_others():
    code = "import sys, rapgrid; print([m for m in ('numpy', 'pandas', 'polars', 'pyarrow', 'xarray') if m in sys.modules])"
    times = []
    for _ in range(5):
        since = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare = time.perf_counter() - since
        since = time.perf_counter()
        loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        times.append(time.perf_counter() - since - bare)
    assert loaded == "[]\n"
    assert min(times) < 0.1


def test_a_dilution_finds_its_rows_in_every_reader(sweep, url, tmp_path):
    expected = 3 * 2 * 4
    columns = ["dilution_1", "beta", "curve", "energy_per_weight"]
    assert len(sweep.pandas("results").query("dilution_1 == 0.28")) == expected
    import polars

    assert sweep.polars("results").filter(polars.col("dilution_1") == 0.28).height == expected
    import pyarrow.compute as compute

    table = sweep.table("results", columns)
    assert table.filter(compute.field("dilution_1") == 0.28).num_rows == expected
    import duckdb

    assert duckdb.sql("SELECT count(*) FROM \"table\" WHERE dilution_1 = 0.28").fetchall() == [(expected,)]
    file = tmp_path / "results.parquet"
    sweep.client._run("export", sweep.name, "-o", str(file))
    import pyarrow.dataset

    assert pyarrow.dataset.dataset(file).to_table(filter=compute.field("dilution_1") == 0.28).num_rows == expected
    assert duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE dilution_1 = 0.28 AND curve <> 'mc'").fetchall() == [(18,)]
    assert polars.scan_parquet(file).filter(polars.col("dilution_1") == 0.28).collect().height == expected
    import adbc_driver_postgresql.dbapi

    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT dilution_1, energy_per_weight FROM rapgrid.results WHERE dilution_1 = 0.28")
        assert cursor.fetch_arrow_table().num_rows == expected


def test_any_flight_client_reads_with_the_tokens_of_the_coordinator(sweep, coordinator):
    from pyarrow import flight

    address, tokens = coordinator
    client = flight.connect(address.replace("http://", "grpc://"))

    def headers(token):
        return flight.FlightCallOptions(headers=[(b"authorization", b"Bearer " + token.encode())])

    read = headers(tokens["read"])
    names = [info.descriptor.path for info in client.list_flights(options=read)]
    assert names == [[b"shared"]]
    info = client.get_flight_info(flight.FlightDescriptor.for_path("shared", "phase_diagram"), read)
    table = client.do_get(info.endpoints[0].ticket, read).read_all()
    assert table.equals(sweep.table())
    assert info.schema.metadata[b"rapgrid.sweep"] == b"shared"
    ticket = flight.Ticket(json.dumps({"sweep": "shared", "columns": ["beta", "energy_per_weight"], "ordered": False}))
    assert client.do_get(ticket, read).read_all().column_names == ["beta", "energy_per_weight"]
    with pytest.raises(flight.FlightUnauthenticatedError):
        client.do_get(ticket).read_all()
    with pytest.raises(flight.FlightUnauthorizedError):
        client.do_get(ticket, headers(tokens["work"])).read_all()
    with pytest.raises(Exception, match="expected JSON such as"):
        client.do_get(flight.Ticket(b"shared"), read).read_all()
    over = rapgrid.connect(address, tokens["read"])
    assert over.sweep("shared").table().equals(sweep.table())
    assert [found["sweep"] for found in over.sweeps()] == ["shared"]
    assert tokens["read"] not in repr(over)
    with pytest.raises(rapgrid.RapgridError):
        over.submit(SPEC | {"name": "refused"})


def test_arrays_have_the_axes_of_the_spec_and_say_why_something_is_missing(sweep):
    means = sweep.xarray(["energy_per_weight", "overlap"])
    assert dict(means.sizes) == {"dilution_1": 8, "beta": 2, "curve": 4}
    assert means.dilution_1.values.tolist() == DILUTIONS
    frame = sweep.pandas()
    for _, row in frame.iterrows():
        at = means.sel(dilution_1=row.dilution_1, beta=row.beta, curve=row.curve)
        for found, expected in [
            (at.energy_per_weight, row.energy_per_weight),
            (at.energy_per_weight_error, row.energy_standard_error),
            (at.overlap_error, row.overlap_standard_error),
        ]:
            assert found.item() == expected or (numpy.isnan(found.item()) and numpy.isnan(expected))
        meaning = means.outcome.attrs["flag_meanings"].split()[int(at.outcome)]
        assert meaning == ("solved" if row.samples else "none")
    rows = sweep.xarray(["energy_per_weight"], samples=True)
    assert dict(rows.sizes) == {"dilution_1": 8, "beta": 2, "curve": 4, "sample": 3}
    results = sweep.pandas("results")
    assert int(numpy.isfinite(rows.energy_per_weight).sum()) == int(results.energy_per_weight.notna().sum())
    exact = rows.energy_per_weight.sel(curve="exact").mean("sample", skipna=True)
    assert numpy.allclose(exact, means.energy_per_weight.sel(curve="exact"), atol=1e-14, equal_nan=True)
    assert rows.attrs["spec"] == sweep.spec


def test_a_sweep_that_grew_has_places_without_rows(data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = SPEC | {"name": "grown", "samples": 1, "grid": SPEC["grid"] | {"beta": [0.3]}, "methods": {"bp": {}}}
    grown = rapgrid.scan(dumps(spec), data_dir=data_dir)
    rapgrid.Client(data_dir=data_dir).submit(spec | {"grid": spec["grid"] | {"beta": [0.3, 0.9]}})
    found = grown.xarray()
    assert found.outcome.sel(beta=0.9).values.tolist() == [[0, 0]] * 8
    assert numpy.isnan(found.energy_per_weight.sel(beta=0.9)).all()
    assert grown.status()["status"] != "finished"


def test_instances_are_solved_in_process_as_the_service_solves_them(data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = numpy.random.default_rng(3)
    masks = [random.random(shape) < 0.7 for shape in [(5, 6), (6, 5), (5, 1)]]
    inputs = random.choice([-1, 1], 5)
    instance = rapgrid.Instance.from_masks(masks, inputs)
    Path("mine.json").write_text(instance.to_json())
    methods = {"bp": {}, "exact": {}, "mc": {"relax": 50, "measure": 200}}
    spec = {"name": "mine", "seed": 5, "grid": {"instances": ["mine.json"], "beta": [0.3, 0.9]}, "methods": methods}
    recorded = rapgrid.scan(spec, data_dir=data_dir).table("results").to_pylist()
    solved = instance.solve([0.3, 0.9], methods, seed=5)
    key = lambda row: (row["beta"], row["method"], row["branch"] or "")
    for mine, theirs in zip(sorted(solved, key=key), sorted(recorded, key=key), strict=True):
        for column in ["beta", "method", "branch", "outcome", "weights", "paths", "energy_per_weight", "log_z_per_weight",
                       "entropy_per_weight", "overlap", "energy_error", "iterations", "residual", "tau_int", "layer_overlaps"]:
            assert mine[column] == theirs[column], column
    same = rapgrid.Instance.from_file("mine.json")
    assert (same.digest, same.weights, same.paths) == (instance.digest, instance.weights, instance.paths)
    for wrong, words in [
        (lambda: rapgrid.Instance([[0, 0, 0, 0]], inputs=[2]), "2"),
        (lambda: rapgrid.Instance([[0, 0, 0, 0]]), "inputs"),
        (lambda: instance.solve([0.3], ["guess"]), "guess"),
        (lambda: instance.solve([-1], ["bp"]), "-1"),
        (lambda: rapgrid.Instance.from_masks([numpy.ones((2, 2)), numpy.ones((3, 1))], [1, 1]), "mask_2"),
    ]:
        with pytest.raises(rapgrid.BadInput, match=words):
            wrong()


def test_the_interpreter_goes_on_while_an_instance_is_solved_and_ctrl_c_ends_it():
    # A minute or two of one core.
    hard = rapgrid.Instance.from_masks([numpy.ones((31, 12)), numpy.ones((12, 31)), numpy.ones((31, 1))], [1] * 31)
    counted, pressed = [], []

    def count():
        for _ in range(10):
            time.sleep(0.05)
            counted.append(time.monotonic())
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    counter = threading.Thread(target=count)
    counter.start()
    with pytest.raises(KeyboardInterrupt):
        hard.solve([1.0], {"exact": {"max_configurations": 2**34}})
    counter.join()
    assert len(counted) == 10
    assert time.monotonic() - pressed[0] < 5


def test_errors_are_exceptions_with_the_words_of_the_command_line(sweep, data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(rapgrid.BadInput, match=r"\[grid\] needs widths"):
        rapgrid.scan({"name": "bad", "grid": {}}, data_dir=data_dir)
    with pytest.raises(rapgrid.BadInput, match="there is no sweep named \"nobody\""):
        rapgrid.Client(data_dir=data_dir).sweep("nobody").table()
    with pytest.raises(rapgrid.BadInput, match="there is no view"):
        sweep.table("nothing")
    with pytest.raises(rapgrid.BadInput, match="has no column"):
        sweep.table(columns=["energy"])
    with pytest.raises(rapgrid.Unreachable, match="no coordinator answers"):
        rapgrid.connect("http://127.0.0.1:1").sweeps()
    with pytest.raises(rapgrid.BadInput, match="does not vary along"):
        sweep.plot(x="activation_1")
    assert list(tmp_path.iterdir()) == []


def test_lines_with_error_bars_are_drawn(sweep):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    axes = sweep.plot("energy_per_weight", x="dilution_1", beta=0.8, ax=pyplot.figure().gca())
    assert len(axes.containers) == 4
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["bp/paramagnetic", "bp/polarised", "exact", "mc"]
    lines = sweep.plot("overlap", x="beta", curve="bp/polarised", ax=pyplot.figure().gca())
    assert lines.get_xlabel() == "beta"
    both = sweep.plot(x="dilution_1", beta=0.8, curve=["mc", "exact"], ax=pyplot.figure().gca())
    assert len(both.containers) == 2


def test_a_notebook_shows_a_picture_that_fills_in(sweep, monkeypatch):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    axes = sweep.map(ax=Figure().add_subplot(), curve="mc")
    (mesh,) = axes.collections
    means = sweep.xarray().energy_per_weight.sel(curve="mc").transpose("beta", "dilution_1").to_numpy()
    numpy.testing.assert_array_equal(mesh.get_array(), means)
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("dilution_1", "beta", "mc")
    with pytest.raises(rapgrid.BadInput, match="does not vary along dilution_2"):
        sweep.map(y="dilution_2", ax=Figure().add_subplot())

    # As a notebook would show it.
    told = []

    class Handle:
        def update(self, what, raw=False):
            told.append(what)

    class Display:
        @staticmethod
        def get_ipython():
            return None

        @staticmethod
        def display(what, display_id, raw=False):
            told.append(what)
            return Handle()

    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    monkeypatch.setitem(sys.modules, "IPython", Display)
    monkeypatch.setitem(sys.modules, "IPython.display", Display)
    sweep.client.watch(sweep.name, quantity="overlap", curve="bp/paramagnetic")
    line, figure = told
    assert line["text/plain"].startswith("shared: finished  24/24 units")
    assert figure.axes[0].collections[0].get_array().size == 16


def test_counts_flags_and_axes_of_words_are_arrays_too(data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    import matplotlib

    matplotlib.use("Agg")
    grid = SPEC["grid"] | {"widths": [[5, 5, 5, 1], [6, 6, 6, 1]], "dilution_1": [0, 0.5]}
    spec = SPEC | {"name": "words", "grid": grid, "methods": {"bp": {}}}
    words = rapgrid.scan(spec, data_dir=data_dir)
    assert rapgrid.scan(spec, data_dir=data_dir) == words, "a finished sweep is told by its name as well"
    means = words.xarray(["energy_per_weight", "converged"])
    assert dict(means.sizes) == {"widths": 2, "dilution_1": 2, "beta": 2, "curve": 2}
    assert means.widths.values.tolist() == ["5,5,5,1", "6,6,6,1"]
    assert float(means.converged.max()) == 3
    assert "converged_error" not in means
    assert set(numpy.unique(words.xarray(["ordered"], samples=True).ordered.sel(curve="bp/paramagnetic"))) <= {0.0, 1.0}
    from matplotlib import pyplot

    axes = words.plot(x="dilution_1", beta=0.8, curve="bp/paramagnetic", ax=pyplot.figure().gca())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["widths = 5,5,5,1", "widths = 6,6,6,1"]


def test_instances_of_ones_own_are_an_axis(data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, paths in [("a.json", [[0, 0, 0, 0], [1, 1, 1, 0]]), ("b.json", [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0]])]:
        Path(name).write_text(rapgrid.Instance(paths, inputs=[1, -1]).to_json())
    grid = {"instances": ["a.json", "b.json"], "dilution_1": [0, 0.25], "beta": [0.3, 0.9]}
    own = rapgrid.scan({"name": "own", "grid": grid, "methods": {"exact": {}}}, data_dir=data_dir)
    found = own.xarray("weights")
    assert dict(found.sizes) == {"instance": 2, "dilution_1": 2, "beta": 2, "curve": 1}
    for row in own.table("phase_diagram").to_pylist():
        at = {"instance": row["instance"], "dilution_1": row["dilution_1"], "beta": row["beta"], "curve": "exact"}
        shown = float(found.weights.sel(at))
        assert shown == row["weights"] or (numpy.isnan(shown) and row["weights"] is None), at


def test_a_scan_is_read_where_it_was_computed(sweep, monkeypatch):
    monkeypatch.setenv("RAPGRID_COORDINATOR", "http://127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert sweep.table(columns=["beta"]).num_rows == 8 * 2 * 4


def test_the_console_script_is_the_program():
    script = Path(sys.executable).parent / "rapgrid"
    said = subprocess.run([script, "--version"], check=True, capture_output=True, text=True).stdout
    assert said == subprocess.run([_program.path(), "--version"], check=True, capture_output=True, text=True).stdout
    assert subprocess.run([script, "scan", "/nowhere.toml"], capture_output=True).returncode == 2
