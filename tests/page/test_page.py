"""The page as somebody sees it, in Chromium."""

import http.client
import http.server
import json
import re
import signal
import threading
import urllib.error
import urllib.request

from conftest import eventually


def drawn(page):
    """What is drawn: as what, and how many points of it are known."""
    text = page.get_attribute("body", "data-drawn")
    return (text.split()[0], int(text.split()[1])) if text else (None, 0)


def answer(address, method="GET", body=None, **headers):
    """Status, headers and text."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, method=method, data=body and json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answered:
            return answered.status, answered.headers, answered.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def means(service, columns, where):
    """Rows of phase_diagram as the command line has them."""
    lines = service.run("export", "filling", "--view", "phase-diagram", "--format", "json").splitlines()
    rows = (json.loads(line) for line in lines)
    return [[row[column] for column in columns] for row in rows if all(row[key] == value for key, value in where.items())]


def test_a_picture_fills_in_during_a_scan_and_is_what_sql_says(service, window):
    _, _, page = service.coordinator()
    service.run("submit", "filling.toml")
    window.goto(f"{page}#/sweep/filling?curve=mc")
    window.wait_for_selector("body[data-drawn]")
    assert drawn(window) == ("map", 0)
    service.start("worker", "--threads", "1", "--exit-when-idle")
    seen = {0}
    eventually(lambda: seen.add(drawn(window)[1]) or drawn(window)[1] == 27)
    assert len(seen) > 4, f"it came at once: {seen}"
    eventually(lambda: window.inner_text(".status") == "finished")
    # Every number of the table of the picture is that of the view.
    window.click("summary:has-text('as a table')")
    window.wait_for_selector("tbody tr")
    rows = window.eval_on_selector_all("tbody tr", "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))")
    of_page = {(float(p), float(b)): float(mean.replace("−", "-")) for p, b, mean, *_ in rows}
    of_sql = means(service, ["dilution_1", "beta", "energy_per_weight"], {"curve": "mc", "activation_2": 0.2})
    assert len(of_sql) == len(of_page) == 27
    for dilution, beta, energy in of_sql:
        assert abs(of_page[dilution, beta] - energy) < 2e-6 * abs(energy), (dilution, beta)
    # The other position of a slider is another slice.
    window.focus("input[type=range]")
    window.keyboard.press("ArrowRight")
    window.wait_for_selector("output:has-text('ρ₂ = 0.4')")
    other = means(service, ["energy_per_weight"], {"curve": "mc", "activation_2": 0.4, "dilution_1": 0.1, "beta": 0.3})
    shown = "tbody tr:first-child td:nth-child(3)"
    eventually(lambda: abs(float(window.inner_text(shown).replace("−", "-")) - other[0][0]) < 1e-5)
    assert window.complaints == []
    assert window.hosts == {page.split("/")[2]}


def test_a_point_says_its_samples_and_how_to_see_them_again(service, window):
    _, _, page = service.coordinator()
    service.run("submit", "filling.toml")
    window.goto(f"{page}#/sweep/filling?curve=mc")
    window.wait_for_selector("body[data-drawn]")
    window.focus("canvas.map")
    window.keyboard.press("ArrowRight")
    window.keyboard.press("Enter")
    window.wait_for_selector("aside:has-text('4 samples are missing: they are in no job yet')")
    service.start("worker", "--threads", "2", "--exit-when-idle")
    eventually(lambda: window.inner_text(".status") == "finished")
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        window.keyboard.press(key)
    # The point that was chosen before is looked at again by itself.
    window.wait_for_selector("aside h2:has-text('p₁ = 0.2, β = 0.5')")
    window.wait_for_selector("aside:has-text('4 solved')")
    assert window.inner_text("aside h2:first-child") == "ρ₂ = 0.2, p₁ = 0.2, β = 0.5"
    assert "p₁ = 0.2, β = 0.5: −" in window.text_content("#said") or "shown beside" in window.text_content("#said")
    replay, instance = window.eval_on_selector_all("aside pre", "all => all.map((pre) => pre.textContent)")[:2]
    assert "4 of 4 rows are identical" in service.run(*replay.split()[1:])
    service.run(*instance.split()[1:])
    described = json.loads(service.run("instance", "instance.json", "--format", "json"))
    rows = [json.loads(line) for line in service.run("export", "filling", "--format", "json").splitlines()]
    row = next(row for row in rows if (row["dilution_1"], row["activation_2"], row["beta"], row["sample"]) == (0.2, 0.2, 0.5, 0))
    assert described["weights"] == row["weights"] and described["paths"] == row["paths"]
    window.click("button:has-text('Lines')")
    eventually(lambda: drawn(window)[0] == "lines" and window.query_selector(".uplot canvas"))
    assert window.complaints == []


def test_a_window_outlives_its_coordinator(service, window):
    coordinator, address, page = service.coordinator()
    service.run("submit", "filling.toml")
    window.goto(f"{page}#/sweep/filling?curve=mc")
    window.wait_for_selector("body[data-drawn]")
    service.start("worker", "--threads", "1")
    eventually(lambda: drawn(window)[1] > 2)
    coordinator.send_signal(signal.SIGKILL)
    coordinator.wait()
    window.wait_for_selector("#trouble:not([hidden])")
    place = address.split("/")[2], page.split("/")[2]
    eventually(lambda: service.coordinator(listen=place[0], http_listen=place[1]), 20)
    eventually(lambda: drawn(window)[1] == 27)
    eventually(lambda: window.inner_text(".status") == "finished")
    assert window.is_hidden("#trouble")


def test_a_sweep_is_paused_resumed_and_cancelled(service, window):
    _, _, page = service.coordinator()
    service.run("submit", "filling.toml")
    window.on("dialog", lambda dialog: dialog.accept())
    window.goto(page)
    window.click("a:has-text('filling')")
    for verb, status in (("Pause", "paused"), ("Resume", "stopped"), ("Cancel", "cancelled"), ("Resume", "stopped")):
        window.click(f"button:has-text('{verb}')")
        eventually(lambda: window.inner_text(".status") == status)
        assert json.loads(service.run("show", "filling", "--format", "json"))["status"] == status
    assert window.complaints == []


def test_without_a_token_nothing_is_seen(service, window):
    tokens = {role: service.run("token", role).strip() for role in ("submit", "read", "work")}
    file = service.folder / "tokens"
    file.touch(0o600)
    file.write_text("\n".join(tokens.values()) + "\n")
    tokens = {role: line.split()[1] for role, line in tokens.items()}
    _, _, page = service.coordinator("--tokens", "tokens")
    service.environment["RAPGRID_TOKEN"] = tokens["submit"]
    service.run("submit", "filling.toml")

    for path in ("api/me", "api/events", "api/sweeps/filling", "api/sweeps/filling/events", "api/sweeps/filling/point?curve=mc&at=0",
                 "api/sweeps/filling/picture?curve=mc&quantity=overlap&x=0&at=0", "api/sweeps/filling/transitions"):
        for shown in ({}, {"authorization": "Bearer " + tokens["work"]}, {"cookie": "rapgrid=" + "x" * 40}):
            status, _, text = answer(page + path, **shown)
            assert status == 401 and "filling" not in text, (path, shown)
    bearer = {role: {"authorization": f"Bearer {token}"} for role, token in tokens.items()}
    own = {"x_rapgrid": "1"}
    assert answer(page + "api/sweeps/filling/pause", "POST", **own)[0] == 401
    assert answer(page + "api/sweeps/filling/pause", "POST", **own, **bearer["read"])[0] == 403
    # What another site could have a browser send.
    assert answer(page + "api/sweeps/filling/pause", "POST", **bearer["submit"])[0] == 403
    assert answer(page + "api/sweeps/filling/pause", "POST", **own, **bearer["submit"], sec_fetch_site="cross-site")[0] == 403
    assert answer(page + "sign-in", "POST", {"token": tokens["submit"]}, content_type="application/json")[0] == 403
    status, headers, _ = answer(page + "sign-in", "POST", {"token": tokens["read"]}, content_type="application/json", **own)
    cookie = headers["set-cookie"]
    assert status == 204 and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    status, headers, _ = answer(page)
    assert "default-src 'none'" in headers["content-security-policy"] and headers["x-content-type-options"] == "nosniff"

    window.goto(f"{page}#/sweep/filling")
    window.wait_for_selector("text=A token, please")
    window.fill("#token", "not the token at all")
    window.click("button:has-text('Sign in')")
    window.wait_for_selector("text=no token of role read or submit")
    assert "filling" not in window.inner_text("main")
    window.fill("#token", tokens["read"])
    window.click("button:has-text('Sign in')")
    window.wait_for_selector("body[data-drawn]")
    assert window.query_selector("button:has-text('Pause')") is None, "it may only look"
    assert window.context.cookies()[0]["httpOnly"] and window.evaluate_handle("document.cookie").json_value() == ""
    # Taken back, it is worth nothing any more, for a window that is open either.
    file.write_text("submit " + tokens["submit"] + "\n")
    window.wait_for_selector("text=A token, please", timeout=15_000)


def test_it_works_under_the_prefix_of_a_proxy(service, window):
    _, _, page = service.coordinator("--http-host", "hub.lab.test")
    service.run("submit", "filling.toml")
    inside, prefix = page.split("/")[2], "/user/ana/proxy/7480"

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def pass_on(self):
            assert self.path.startswith(prefix + "/"), self.path
            behind = http.client.HTTPConnection(inside)
            length = int(self.headers.get("content-length") or 0)
            headers = {**self.headers, "Host": "hub.lab.test", "Connection": "close"}
            behind.request(self.command, self.path[len(prefix):], self.rfile.read(length), headers)
            answered = behind.getresponse()
            self.send_response_only(answered.status)
            for name, value in answered.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.end_headers()
            while piece := answered.read1(65536):
                self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_POST = pass_on

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # A browser that goes breaks its connections.

    proxy = Server(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    window.goto(f"http://127.0.0.1:{proxy.server_port}{prefix}/#/sweep/filling?curve=mc")
    window.wait_for_selector("body[data-drawn]")
    service.start("worker", "--threads", "2", "--exit-when-idle")
    eventually(lambda: drawn(window)[1] == 27)
    assert window.complaints == []
    proxy.shutdown()
    # Another name of this machine could be a stranger's.
    assert answer(page + "api/me", host="hub.lab.test")[0] == 200
    assert answer(page + "api/me", host="evil.test")[0] == 403


def test_a_page_in_a_file_asks_nobody(service, window):
    service.run("scan", "filling.toml", "--no-report")
    service.run("export", "filling", "--format", "html", "-o", "filling.html")
    file = service.folder / "filling.html"
    service.folder.chmod(0o755)
    window.goto(f"file://{file}")
    window.wait_for_selector("body[data-drawn]")
    assert drawn(window) == ("map", 27)
    window.click("summary:has-text('as a table')")
    window.wait_for_selector("tbody tr")
    first = float(window.inner_text("tbody tr:first-child td:nth-child(3)").replace("−", "-"))
    energies = means(service, ["energy_per_weight"], {"curve": "mc", "activation_2": 0.2, "dilution_1": 0.1, "beta": 0.3})
    assert abs(first - energies[0][0]) < 1e-5
    window.click("button:has-text('Lines')")
    eventually(lambda: drawn(window)[0] == "lines" and window.query_selector(".uplot canvas"))
    assert window.complaints == []
    asked = {host for host in window.hosts if not host.startswith("data:")}
    assert asked == {""}, f"it asked {asked}"
    assert not re.search(r"https?://(?!www\.w3\.org)", file.read_text().split('<script type="importmap">')[0].split("<body>")[0])


def test_a_scan_shows_its_page(service, window):
    scan, (line,) = service.start("scan", "filling.toml", "--no-report", "--http-listen", "127.0.0.1:0", lines=1)
    window.goto(line)
    window.wait_for_selector("a:has-text('filling')")
    assert "token" not in window.url, "it went into the cookie"
    window.click("a:has-text('filling')")
    window.wait_for_selector("body[data-drawn]")
    assert scan.wait(120) == 0


def shown_as_table(window):
    """The rows of the table below the picture."""
    if not window.query_selector("details[open] tbody tr"):
        window.click("summary:has-text('as a table')")
    window.wait_for_selector("details[open] tbody tr")
    return window.eval_on_selector_all("details[open] tbody tr", "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))")


def as_number(text):
    return float(text.replace("−", "-"))


def test_instances_and_axes_that_advance_together_keep_apart(service, window):
    for name, dilution in (("a", "0"), ("b", "0.5")):
        service.run("instance", "--widths", "8,8,8,1", "--dilution", f"{dilution},0,0", "-o", f"{name}.json")
    (service.folder / "own.toml").write_text(
        'name = "own"\n[grid]\ninstances = ["a.json", "b.json"]\ndilution_1 = [0, 0.2, 0.4]\nbeta = [0.3, 0.9]\n[methods.exact]\n'
    )
    (service.folder / "zipped.toml").write_text(
        'name = "zipped"\nsamples = 2\n[grid]\nwidths = [8, 8, 8, 1]\nzip = [["dilution_1", "dilution_2"]]\n'
        "dilution_1 = [0.2, 0.2, 0.4, 0.4]\ndilution_2 = [0.5, 0.1, 0.3, 0.0]\nbeta = [0.3, 0.9]\n[methods.exact]\n"
    )
    for name in ("own", "zipped"):
        service.run("scan", f"{name}.toml", "--no-report")
    _, _, page = service.coordinator()

    def rows(name, columns):
        lines = service.run("export", name, "--view", "phase-diagram", "--format", "json").splitlines()
        return [[json.loads(line)[column] for column in columns] for line in lines]

    energies = rows("own", ["instance", "dilution_1", "beta", "energy_per_weight"])
    for instance in sorted({row[0] for row in energies}):
        window.goto(f"{page}#/sweep/own?instance={instance}&x=dilution_1&y=beta")
        window.wait_for_selector(f"output:has-text('instance = {instance}')")
        window.wait_for_selector("body[data-drawn='map 6']")
        told = {(float(p), float(b)): as_number(mean) for p, b, mean, *_ in shown_as_table(window)}
        for _, dilution, beta, energy in (row for row in energies if row[0] == instance):
            assert abs(told[dilution, beta] - energy) < 1e-8 * max(abs(energy), 1), (instance, dilution, beta)
        window.goto("about:blank")

    # Drawn by the axis whose values differ, in their order, and named by both.
    window.goto(f"{page}#/sweep/zipped")
    window.wait_for_selector("body[data-drawn='map 8']")
    told = {(float(p), float(b)): as_number(mean) for p, b, mean, *_ in shown_as_table(window)}
    for dilution, beta, energy in rows("zipped", ["dilution_2", "beta", "energy_per_weight"]):
        assert abs(told[dilution, beta] - energy) < 1e-8 * max(abs(energy), 1), (dilution, beta)
    window.focus("canvas.map")
    for key in ("ArrowRight", "ArrowRight"):
        window.keyboard.press(key)
    window.wait_for_selector("figcaption:has-text('p₁ = 0.2, p₂ = 0.1, β = 0.3: ')")
    assert "(2 of 2 samples)" in window.inner_text("figcaption")
    assert window.complaints == []
