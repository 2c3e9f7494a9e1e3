"""docs/python.md, run from top to bottom as a notebook would be."""

import os
from pathlib import Path

DOCUMENT = os.environ.get("RAPGRID_PYTHON_DOCUMENT")


def blocks(text):
    """The indented blocks, but for commands of a shell."""
    block = []
    for line in [*text.splitlines(), "end"]:
        if line.startswith("    ") or (block and not line):
            block.append(line[4:])
        elif block:
            if not block[0].startswith("$ "):
                yield "\n".join(block)
            block = []


def test_the_page_runs(tmp_path, data_dir, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAPGRID_DATA", str(data_dir.with_name("of-the-page")))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {}
    found = list(blocks(Path(DOCUMENT).read_text(encoding="utf-8")))
    assert len(found) >= 6
    for block in found:
        exec(compile(block, DOCUMENT, "exec"), names)
    assert (tmp_path / "energies.png").exists()
