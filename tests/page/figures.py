"""What the page costs and how late it is: `dev/page-figures` runs this, and prints what docs/page.md says.

How late: of a sweep of cells with one sample each, the n-th job's recording against the moment at which the page shows
n points. Its load: transactions and rows that the database handed out within a while of a running sweep, without a
viewer, with one and with fifty, who ask as browsers do.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from conftest import CHROMIUM, PROGRAM, Service, eventually
from playwright.sync_api import sync_playwright

LATE = """
name = "late"
samples = 1
[grid]
widths = [40, 40, 40, 1]
activation_1 = 0.5
activation_2 = 0.2
dilution_1 = { from = 0, to = 0.98, step = 0.02 }
dilution_2 = { from = 0, to = 0.45, step = 0.05 }
beta = 0.5
[methods.mc]
runs = 2
relax = 1000
measure = 8000
"""

BUSY = LATE.replace('"late"', '"busy"').replace("samples = 1", "samples = 400")

MILLION = """
name = "million"
samples = 1
[grid]
widths = [8, 8, 8, 1]
activation_1 = 0.7
dilution_1 = { from = 0, to = 0.999, step = 0.001 }
dilution_2 = { from = 0, to = 0.999, step = 0.001 }
beta = 0.8
[methods.exact]
"""

# When the page shows how many points.
WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => window.seen.push([Date.now() / 1000, Number(document.body.dataset.drawn.split(" ")[1])]))
    .observe(document.body, { attributes: true, attributeFilter: ["data-drawn"] });
}"""

# Frames while somebody zooms and moves about, for three seconds; a frame that is late counts as late.
FRAMES = """async () => {
  const canvas = document.querySelector("canvas.map"), box = canvas.getBoundingClientRect();
  canvas.focus();
  let frames = 0, worst = 0, last = performance.now();
  const start = last;
  await new Promise((done) => {
    const step = () => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      frames++;
      canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: frames % 40 < 20 ? -1 : 1, clientX: box.left + 300 + frames % 50,
        clientY: box.top + 200, ctrlKey: true, cancelable: true }));
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 200 + frames % 200, clientY: box.top + 150 }));
      if (now - start < 3000) requestAnimationFrame(step); else done();
    };
    requestAnimationFrame(step);
  });
  return [frames / ((last - start) / 1000), worst];
}"""


def sql(service, query):
    return service.run("db", "psql", "--", "-X", "-A", "-t", "-c", query).strip()


def late(service, page, browser):
    (service.folder / "late.toml").write_text(LATE)
    service.run("submit", "late.toml")
    window = browser.new_page()
    window.goto(f"{page}#/sweep/late?curve=mc")
    window.wait_for_selector("body[data-drawn]")
    window.evaluate(WATCH)
    worker, _ = service.start("worker", "--threads", "1", "--exit-when-idle")
    worker.wait(300)
    time.sleep(3)
    seen = window.evaluate("window.seen")
    window.close()
    # The transaction that records a job begins then: what is seen is later than its commit.
    query = "SELECT extract(epoch FROM finished_at), end_unit - first_unit FROM finished_jobs JOIN sweeps USING (sweep_id) WHERE name = 'late' ORDER BY 1"
    points, lags = 0, []
    for line in sql(service, query).splitlines():
        finished, units = line.split("|")
        points += int(units)
        lags.append(next(at for at, shown in seen if shown >= points) - float(finished))
    lags.sort()
    print(f"recorded to seen, {len(lags)} jobs: median {lags[len(lags) // 2]:.2f} s, "
          f"p99 {lags[int(len(lags) * 0.99)]:.2f} s, most {lags[-1]:.2f} s")


class Viewer(threading.Thread):
    """Follows a sweep as a browser does: at each beat it asks for what has changed."""

    def __init__(self, page):
        super().__init__(daemon=True)
        self.page, self.is_over, self.beats = page, False, 0

    def run(self):
        with urllib.request.urlopen(f"{self.page}api/sweeps/busy", timeout=60) as answered:
            names = [next(iter(axes)) for axes in json.load(answered)["coordinates"]["axes"]] + ["beta"]
        x, y, at = names.index("dilution_1"), names.index("dilution_2"), ",".join("0" for _ in names)
        asked = f"{self.page}api/sweeps/busy/picture?curve=mc&quantity=energy_per_weight&x={x}&y={y}&at={at}"
        version, old = None, None
        with urllib.request.urlopen(f"{self.page}api/sweeps/busy/events", timeout=60) as events:
            for line in events:
                if self.is_over:
                    return
                if not line.startswith(b"data: "):
                    continue
                beat = json.loads(line[6:])
                self.beats += 1
                if beat["version"] == old:
                    continue
                old = beat["version"]
                since = f"&since={version}" if version else ""
                with urllib.request.urlopen(asked + since, timeout=60) as answered:
                    data = answered.read()
                    length = int.from_bytes(data[:4], "little")
                    version = json.loads(data[4:4 + length])["version"]


def load(service, page):
    (service.folder / "busy.toml").write_text(BUSY)
    service.run("submit", "busy.toml")
    worker, _ = service.start("worker", "--threads", "1")
    time.sleep(5)

    def during(viewers, seconds=10):
        threads = [Viewer(page) for _ in range(viewers)]
        for thread in threads:
            thread.start()
        time.sleep(3)
        state = "SELECT xact_commit, tup_returned + tup_fetched FROM pg_stat_database WHERE datname = current_database()"
        before, cpu, begun = sql(service, state).split("|"), processor_seconds(), time.monotonic()
        time.sleep(seconds)
        took, used = time.monotonic() - begun, processor_seconds() - cpu
        after = sql(service, state).split("|")
        beats = sum(thread.beats for thread in threads)
        for thread in threads:
            thread.is_over = True
        for thread in threads:
            thread.join()
        return [(int(b) - int(a)) / took for a, b in zip(before, after)] + [used / took, beats]

    # In turns, so that what grows with the sweep is the same for all.
    rounds = [[during(viewers) for viewers in (0, 1, 50)] for _ in range(3)]
    of = lambda viewers, what: statistics.median(one[viewers][what] for one in rounds)
    for what, name, digits in ((0, "transactions/s", 1), (1, "rows read/s", 0), (2, "processor seconds of the server/s", 3)):
        none, one, fifty = (of(viewers, what) for viewers in range(3))
        print(f"{name} without a viewer {none:.{digits}f}, with one {one:.{digits}f}, with fifty {fifty:.{digits}f}: fifty / one {fifty / one:.2f}")
    print(f"beats heard by one {of(1, 3):.0f}, by fifty {of(2, 3):.0f}")
    service.run("cancel", "busy")
    worker.terminate()
    worker.wait()


def processor_seconds():
    """What all processes of PostgreSQL on this machine have used, those that have ended too."""
    ticks = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        if name == "postgres":
            ticks += int(rest[11]) + int(rest[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def million(service, page, browser):
    (service.folder / "million.toml").write_text(MILLION)
    service.run("submit", "million.toml")
    worker, _ = service.start("worker", "--threads", "2", "--exit-when-idle")
    worker.wait(1200)
    # Its transitions are found first, with a core.
    eventually(lambda: json.loads(service.run("show", "million", "--format", "json"))["status"] == "finished")
    for round in ("first", "again"):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        window = context.new_page()
        network, received = context.new_cdp_session(window), []
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        begun = time.monotonic()
        window.goto(f"{page}#/sweep/million?curve=exact&quantity=log_z_per_weight")
        window.wait_for_selector("body[data-drawn]")
        took = time.monotonic() - begun
        time.sleep(0.5)
        frames, worst = window.evaluate(FRAMES)
        print(f"a million cells, {round}: picture after {took:.2f} s, {sum(received) / 1e6:.2f} MB received, "
              f"{frames:.0f} frames/s, slowest {worst:.0f} ms; {window.get_attribute('body', 'data-drawn')}")
        context.close()


def main():
    folder = tempfile.mkdtemp(prefix="rapgrid-page-")
    subprocess.run(["chmod", "711", folder], check=True)
    service = Service(folder)
    try:
        _, _, page = service.coordinator()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            late(service, page, browser)
            load(service, page)
            million(service, page, browser)
            browser.close()
    finally:
        service.stop()
        subprocess.run([PROGRAM, "db", "stop"], env=service.environment, capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
