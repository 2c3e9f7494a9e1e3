"""A coordinator with a database of its own, and a real browser that looks at its page."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
from playwright.sync_api import sync_playwright

PROGRAM = os.environ["RAPGRID_PROGRAM"]
CHROMIUM = os.environ.get("RAPGRID_CHROMIUM", "/usr/bin/chromium")

SPEC = """
name = "filling"
seed = 3
samples = 4
[grid]
widths = [40, 40, 40, 1]
activation_1 = 0.5
activation_2 = [0.2, 0.4]
dilution_1 = { from = 0.1, to = 0.9, step = 0.1 }
beta = [0.3, 0.5, 0.8]
[methods.bp]
[methods.mc]
runs = 2
relax = 500
measure = 4000
"""


class Service:
    """Processes of one database, in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.environment = {**os.environ, "RAPGRID_DATA": f"{folder}/data", "RUST_LOG": "warn"}
        self.processes = []

    def start(self, *arguments, lines=0):
        """A process, and the first lines that it prints."""
        process = subprocess.Popen(
            [PROGRAM, *arguments], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return process, [process.stdout.readline().strip() for _ in range(lines)]

    def run(self, *arguments, check=True):
        """What a command prints."""
        done = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=120
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def coordinator(self, *arguments, listen="127.0.0.1:0", http_listen="127.0.0.1:0"):
        """Its process, its address and that of its page."""
        options = ["--listen", listen, "--http-listen", http_listen, "--job-seconds", "0.02", "--lease-seconds", "2"]
        process, lines = self.start("coordinator", *options, *arguments, lines=3)
        self.environment["RAPGRID_COORDINATOR"] = lines[0]
        return process, lines[0], lines[2]

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@pytest.fixture
def service():
    folder = tempfile.mkdtemp(prefix="rapgrid-page-")
    # The private database runs as another user where root tests.
    os.chmod(folder, 0o711)
    service = Service(folder)
    (service.folder / "filling.toml").write_text(SPEC)
    yield service
    service.stop()
    subprocess.run([PROGRAM, "db", "stop"], env=service.environment, capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Where root tests in a container, the browser has no sandbox of its own to make.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def window(browser):
    """A window that must say nothing to its console and ask no other host."""
    context = browser.new_context(viewport={"width": 1300, "height": 950})
    page = context.new_page()
    page.complaints, page.hosts = [], set()
    page.on("console", lambda message: page.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.hosts.add(request.url.split("/")[2] if "://" in request.url else request.url))
    yield page
    context.close()


def eventually(check, seconds=60):
    """Waits until something is true, and returns it."""
    until = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
    return found
