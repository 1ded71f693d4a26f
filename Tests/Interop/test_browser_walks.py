"""A browser walks through the dashboard and the HTML report of a real run: every page, every filter, numbers equal direct queries.

Needs Debian's chromium (scripts/setup-system --browser; make test-browser brings it). Screenshots go to SLUICE_SCREENSHOTS, else to
the test's temporary folder.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import duckdb
import pytest

from dashboard_warehouse import direct_kpis, written
from pipeline import ROOT

pytestmark = pytest.mark.long

ORDERS = 400
RUN_LIMIT_SECONDS = 600
START_LIMIT_SECONDS = 120
PAGE_LIMIT_MILLISECONDS = 120_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """`scripts/demo` on sample workbooks in a folder of its own; gives the folder and what it printed."""
    folder = tmp_path_factory.mktemp("walk")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("SOURCE", "LAKE", "WAREHOUSE", "PUBLISHED")},
        "WORK": str(folder / "work"), "ORDERS": str(ORDERS)}
    done = subprocess.run([str(ROOT / "scripts" / "demo")], env=environment, capture_output=True, text=True, timeout=RUN_LIMIT_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "work", done.stdout, environment


@pytest.fixture(scope="module")
def direct(demo):
    connection = duckdb.connect()
    connection.execute(f"attach '{demo[0] / 'warehouse.duckdb'}' as ecom (read_only)")
    return connection


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    assert program, "there is no chromium: scripts/setup-system --browser"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("SLUICE_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def address(demo):
    """The dashboard as `make dashboard` serves it, on a free port of the loopback address; it publishes where nothing is yet."""
    (demo[0] / "published" / "warehouse.duckdb").unlink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(ROOT / "scripts" / "dashboard")], env={**demo[2], "PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    where = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_LIMIT_SECONDS
        while True:
            try:
                urllib.request.urlopen(where + "/_stcore/health", timeout=5).read()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < until, server.stdout.read().decode() if server.poll() is not None else "too late"
                time.sleep(0.2)
        listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True).stdout
        assert re.search(rf"0100007F:{port:04X} 00000000:0000 0A", listening), "the dashboard listens on loopback alone"
        yield where
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


class Walk:
    """One page of the browser that is on the dashboard."""

    def __init__(self, browser, address: str, size: dict):
        self.page = browser.new_page(viewport=size)
        self.page.set_default_timeout(PAGE_LIMIT_MILLISECONDS)
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = address

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")
        self.page.wait_for_selector("h1")
        self.settle()

    def settle(self) -> None:
        """Waits until Streamlit has drawn what it is drawing."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_timeout(700)
        assert self.page.locator('[data-testid="stException"]').count() == 0, self.page.inner_text("body")[:2000]

    def metrics(self) -> dict[str, str]:
        found = {}
        for card in self.page.locator('[data-testid="stMetric"]').all():
            found[card.locator('[data-testid="stMetricLabel"]').inner_text().strip()] = \
                card.locator('[data-testid="stMetricValue"]').inner_text().strip()
        return found

    def pick(self, label: str, *options: str) -> None:
        """Picks options of the select box with a label."""
        for option in options:
            box = self.page.get_by_role("combobox", name=re.compile(rf".*{re.escape(label)}"))
            box.click()
            box.fill(option)
            self.page.get_by_role("option", name=option, exact=True).first.click()
            self.page.keyboard.press("Escape")
            self.settle()


@pytest.fixture
def walk(browser, address):
    opened = Walk(browser, address, {"width": 1400, "height": 1000})
    yield opened
    elsewhere = [url for url in opened.requests if not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))]
    opened.page.close()
    assert elsewhere == [], "the dashboard asks nobody else"


PAGES = {
    "overview": "Overview", "regions": "Customers and regions", "products": "Products and sellers", "delivery": "Delivery and reviews",
    "quality": "Data quality", "lineage": "Where numbers come from"}


def test_every_page_is_reached_and_shows_the_numbers_of_a_direct_query(walk, direct, screenshots):
    expected = written(direct_kpis(direct))
    walk.go("")
    assert walk.metrics() == expected
    for address, title in PAGES.items():
        walk.page.get_by_role("link", name=title, exact=True).click()
        walk.page.wait_for_selector(f'h1:has-text("{title}")')
        walk.settle()
        walk.page.screenshot(path=screenshots / f"{address}.png", full_page=True)
        for label, value in walk.metrics().items():
            assert expected.get(label, value) == value
        if address in ("overview", "regions", "products", "delivery"):
            assert walk.page.locator('[data-testid="stVegaLiteChart"]').count() >= 2
    assert walk.page.locator('[data-testid="stGraphVizChart"]').count() == 1


def test_every_filter_changes_the_numbers_to_those_of_a_direct_query(walk, direct, screenshots):
    states = [row[0] for row in direct.execute(
        "select customer_state from ecom.marts.mart_order_metrics group by 1 order by count(*) desc, 1 limit 2").fetchall()]
    [(kind,)] = direct.execute("select category from ecom.marts.mart_item_metrics group by 1 order by count(*) desc, 1 limit 1").fetchall()
    months = [row[0] for row in direct.execute(
        "select distinct month_key from ecom.marts.mart_order_metrics where month_key > 0 order by 1").fetchall()]
    first, last = months[len(months) // 4], months[len(months) // 4 * 3]
    walk.go("")
    walk.pick("States of customers", *states)
    assert walk.metrics() == written(direct_kpis(direct, states=states))
    walk.pick("Categories", kind)
    assert walk.metrics() == written(direct_kpis(direct, states=states, categories=[kind]))
    walk.pick("From month", f"{first // 100}-{first % 100:02d}")
    assert walk.metrics() == written(direct_kpis(direct, first, months[-1], states, [kind]))
    walk.pick("To month", f"{last // 100}-{last % 100:02d}")
    expected = written(direct_kpis(direct, first, last, states, [kind]))
    assert walk.metrics() == expected != written(direct_kpis(direct))
    walk.page.screenshot(path=screenshots / "filtered.png", full_page=True)
    # The filters stay when the reader turns the page.
    walk.page.get_by_role("link", name="Customers and regions", exact=True).click()
    walk.page.wait_for_selector('h1:has-text("Customers and regions")')
    walk.settle()
    assert {label: expected[label] for label in walk.metrics()} == walk.metrics()


def test_the_quality_page_counts_and_filters_the_refused_rows(walk, direct, screenshots):
    current = "from ecom.ops.rejects r join ecom.ops.deliveries d on d.delivery = r._delivery and d.status = 'current'"
    [(refused,)] = direct.execute("select sum(rows_rejected)::bigint from ecom.ops.deliveries where status = 'current'").fetchall()
    reasons = dict(direct.execute(
        f"select e ->> 'code', count(*) {current}, unnest(from_json(r.errors, '[\"json\"]')) as u(e) group by 1 order by 2, 1").fetchall())
    assert refused > 0 and reasons
    walk.go("quality")
    assert walk.metrics()["Rows refused"] == f"{refused:,}"
    assert f"{sum(reasons.values())} reasons shown" in walk.page.inner_text("body")
    code = next(iter(reasons))
    walk.pick("Reasons", code)
    assert re.search(rf"\b{reasons[code]} reasons shown", walk.page.inner_text("body"))
    [(dataset,)] = direct.execute(f"select r.dataset {current} group by 1 order by count(*), 1 limit 1").fetchall()
    walk.go("quality")
    walk.pick("Datasets", dataset)
    [(count,)] = direct.execute(
        f"select count(*) {current}, unnest(from_json(r.errors, '[\"json\"]')) as u(e) where r.dataset = '{dataset}'").fetchall()
    assert re.search(rf"\b{count} reasons shown", walk.page.inner_text("body"))
    walk.page.screenshot(path=screenshots / "quality-filtered.png", full_page=True)


def test_the_lineage_page_follows_each_kpi(walk):
    walk.go("lineage")
    walk.pick("KPI", "Review score")
    assert "stg_lnd__order_reviews" in walk.page.locator('[data-testid="stGraphVizChart"]').inner_text()


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_the_html_report_opens_from_disk_and_is_readable(demo, browser, direct, screenshots, size):
    folder, printed, _ = demo
    path = folder / "report.html"
    assert "report.html" in printed
    assert path.stat().st_size < 2_000_000
    page = browser.new_page(viewport=size)
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    for title, value in written(direct_kpis(direct)).items():
        card = page.locator(".cards div").filter(has=page.get_by_text(title, exact=True))
        assert card.locator("b").inner_text() == value
        assert card.locator("b").is_visible()
    # Nothing is wider than the screen but the tables, which scroll in themselves.
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for box in page.locator(".cards div, figure, .table, p, h1, h2").all():
        place = box.bounding_box()
        assert place["x"] >= 0 and place["x"] + place["width"] <= size["width"] + 1
    # What is read is at least 11 pixels high, in the charts, too.
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')].map(text => parseFloat(getComputedStyle(text).fontSize)"
        " * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width))")
    assert smallest >= (9 if size is PHONE else 8), smallest
    assert requests == [path.as_uri()] and complaints == []
    page.screenshot(path=screenshots / f"report-{size['width']}.png", full_page=True)
    page.close()
