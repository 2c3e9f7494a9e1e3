"""A small sweep that the tests share, on a database of its own."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

import rapgrid
from rapgrid import _program

SPEC = {
    "name": "shared",
    "seed": 7,
    "samples": 3,
    "grid": {
        "widths": [6, 6, 6, 1],
        "activation_1": 0.5,
        "dilution_1": {"from": 0, "to": 0.98, "step": 0.14},
        "beta": [0.3, 0.8],
    },
    "methods": {"bp": {}, "exact": {}, "mc": {"relax": 50, "measure": 200}},
}


@pytest.fixture(scope="session")
def data_dir():
    """Where a server that runs as another user can pass through, which pytest's own folders do not let it."""
    # The server goes with its last user, which takes it a moment.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        yield Path(folder) / "rapgrid"


@pytest.fixture(scope="session")
def sweep(data_dir, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("work"))
        return rapgrid.scan(SPEC, data_dir=data_dir)


@pytest.fixture(scope="session")
def url(sweep, data_dir):
    """The database's URL, held up."""
    arguments = [_program.path(), "db", "url", "--hold", "--data-dir", str(data_dir)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as held:
        yield held.stdout.readline().strip()
        held.terminate()


@pytest.fixture(scope="session")
def coordinator(sweep, data_dir, tmp_path_factory):
    """The address of a coordinator with tokens, and its tokens by role."""
    tokens = {"read": "read-0123456789abcdef", "work": "work-0123456789abcdef"}
    file = tmp_path_factory.mktemp("tokens") / "tokens"
    file.write_text("".join(f"{role} {token}\n" for role, token in tokens.items()))
    file.chmod(0o600)
    arguments = ["coordinator", "--listen", "127.0.0.1:0", "--tokens", str(file), "--data-dir", str(data_dir)]
    with subprocess.Popen([_program.path(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield process.stdout.readline().strip(), tokens
        process.terminate()
