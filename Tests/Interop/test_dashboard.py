"""The dashboard's logic without a browser: numbers, filters, the published copy, the HTML report."""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard_warehouse import SECRET, direct_kpis, make_warehouse, written
from pipeline import ROOT

from html_page import page
from metric_queries import Selection, categories, kpis, kpis_by, review_scores, sellers
from published_copy import CopyError, PublishedCopy, publish

DRAW_LIMIT_SECONDS = 120
PAGES = ["overview", "regions", "products", "delivery", "quality", "lineage"]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return make_warehouse(tmp_path_factory.mktemp("dashboard"))


@pytest.fixture(scope="module")
def copy_path(warehouse, tmp_path_factory):
    path = tmp_path_factory.mktemp("published") / "warehouse.duckdb"
    publish(warehouse.path, path)
    return path


@pytest.fixture(scope="module")
def copy(copy_path):
    return PublishedCopy(copy_path)


@pytest.fixture(scope="module")
def direct(warehouse):
    connection = duckdb.connect()
    connection.execute(f"attach '{warehouse.path}' as ecom (read_only)")
    return connection


@pytest.fixture
def draw(copy_path, monkeypatch):
    """Draws a page; gives Streamlit's own test of it."""
    def start(address: str, path: pathlib.Path = copy_path) -> AppTest:
        monkeypatch.setenv("PUBLISHED", str(path))
        monkeypatch.setenv("WAREHOUSE", "duckdb:elsewhere")
        script = f"import sys\nsys.path.insert(0, {str(ROOT / 'compose' / 'dashboard')!r})\nfrom dashboard_frame import run\nrun({address!r})\n"
        return AppTest.from_string(script, default_timeout=DRAW_LIMIT_SECONDS).run()
    return start


def shown(test: AppTest) -> dict[str, str]:
    assert not test.exception, [error.value for error in test.exception]
    return {metric.label: metric.value for metric in test.metric}


def some_choices(direct) -> dict:
    """A state, two categories and a period that hold orders, whatever the sample's dice gave."""
    states = [row[0] for row in direct.execute(
        "select customer_state from ecom.marts.mart_order_metrics group by 1 order by count(*) desc, 1 limit 2").fetchall()]
    names = [row[0] for row in direct.execute(
        "select category from ecom.marts.mart_item_metrics group by 1 order by count(*) desc, 1 limit 2").fetchall()]
    months = [row[0] for row in direct.execute(
        "select distinct month_key from ecom.marts.mart_order_metrics where month_key > 0 order by 1").fetchall()]
    assert len(states) == len(names) == 2 and len(months) > 6
    return {"states": states, "categories": names, "first": months[len(months) // 3], "last": months[len(months) // 3 * 2]}


def test_without_a_filter_the_kpis_are_those_of_dbt(copy, direct):
    found = kpis(copy, Selection())
    names = ["orders", "revenue_orders", "revenue", "freight", "average_order_value", "reviews", "average_review_score", "judged_deliveries",
             "on_time_deliveries", "on_time_rate", "customers", "repeat_customers", "repeat_rate"]
    [row] = direct.execute(f"select {', '.join(names)} from ecom.marts.mart_kpis").fetchall()
    assert {name: float(found[name]) for name in names} == pytest.approx({name: float(value) for name, value in zip(names, row)}, abs=1e-6)
    assert found["orders"] > 300 and found["repeat_customers"] > 0


def test_months_are_those_of_dbt(copy, direct):
    found = [(row["month_start"], row["orders"], row["revenue"], row["customers"]) for row in kpis_by(copy, Selection(), "month_start")]
    assert found == direct.execute(
        "select month_start, orders, revenue, customers from ecom.marts.mart_kpis_monthly where month_start is not null order by 1").fetchall()


@pytest.mark.parametrize("what", ["states", "categories", "period", "all of them"])
def test_filtered_kpis_equal_a_direct_query(copy, direct, what):
    some = some_choices(direct)
    period = (some["first"], some["last"]) if what in ("period", "all of them") else (None, None)
    states = tuple(some["states"]) if what in ("states", "all of them") else ()
    names = tuple(some["categories"]) if what in ("categories", "all of them") else ()
    found = kpis(copy, Selection(*period, states, names))
    expected = direct_kpis(direct, *period, states, names)
    assert expected["orders"] > 0
    assert written(found) == written(expected)
    assert written(expected) != written(direct_kpis(direct))


def test_groups_add_up_to_the_whole(copy):
    whole = kpis(copy, Selection())
    kinds = categories(copy, Selection())
    assert sum(row["revenue"] for row in kinds) == whole["revenue"]
    assert sum(row["reviews"] for row in review_scores(copy, Selection())) == whole["reviews"]
    assert sum(row["revenue"] for row in kpis_by(copy, Selection(), "customer_state")) == whole["revenue"]
    best = sellers(copy, Selection(categories=(kinds[0]["category"],)))
    assert sum(row["revenue"] for row in best) <= kinds[0]["revenue"]
    assert best == sorted(best, key=lambda row: (-row["revenue"], row["seller_id"]))


def test_what_people_choose_is_never_part_of_a_statement(copy):
    hostile = ("' or 1 = 1 --", "SP') or ('1' = '1")
    assert kpis(copy, Selection(states=hostile))["orders"] == 0
    assert kpis(copy, Selection(categories=hostile))["revenue"] == 0
    with pytest.raises(ValueError):
        kpis_by(copy, Selection(), "customer_state, 1 from ops.deliveries --")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_drawn(draw, address):
    test = draw(address)
    assert not test.exception, [error.value for error in test.exception]
    assert test.title[0].value


def test_the_overview_shows_the_kpis_of_the_filters(draw, direct):
    test = draw("overview")
    assert shown(test) == written(direct_kpis(direct))
    some = some_choices(direct)
    test.sidebar.multiselect(key="states").set_value(some["states"])
    test.sidebar.multiselect(key="categories").set_value(some["categories"][:1]).run()
    assert shown(test) == written(direct_kpis(direct, None, None, some["states"], some["categories"][:1]))
    label = "{0[0]}{0[1]}{0[2]}{0[3]}-{0[4]}{0[5]}".format
    test.sidebar.selectbox(key="first_month").set_value(label(str(some["last"])))
    test.sidebar.selectbox(key="last_month").set_value(label(str(some["first"]))).run()
    assert "exchanged" in test.sidebar.warning[0].value
    assert shown(test) == written(direct_kpis(direct, some["first"], some["last"], some["states"], some["categories"][:1]))


def test_a_choice_without_orders_shows_dashes_and_no_error(draw, direct):
    [(state, kind)] = direct.execute(
        "select state, kind from (select distinct customer_state as state from ecom.marts.mart_order_metrics where orders > 0),"
        " (select distinct category as kind from ecom.marts.mart_item_metrics) where (state, kind) not in"
        " (select (customer_state, category) from ecom.marts.mart_item_metrics) order by all limit 1").fetchall()
    for address in ("overview", "regions", "products", "delivery"):
        test = draw(address)
        test.sidebar.multiselect(key="states").set_value([state])
        test.sidebar.multiselect(key="categories").set_value([kind]).run()
        assert not test.exception, [error.value for error in test.exception]
    test = draw("overview")
    test.sidebar.multiselect(key="states").set_value([state])
    test.sidebar.multiselect(key="categories").set_value([kind]).run()
    assert shown(test)["Average order value"] == "–" and shown(test)["Orders"] == "0"


def test_the_quality_page_names_file_sheet_row_and_cell(draw):
    test = draw("quality")
    metrics = shown(test)
    assert metrics["Rows refused"] == "2" and metrics["Deliveries set aside"] == "1" and metrics["Marts built"] == "2026-11-02 06:01 UTC"
    assert "orders_are_odd" in test.error[0].value
    rejects = next(table.value for table in test.dataframe if "Cell" in table.value.columns)
    assert list(rejects[["Dataset", "Sheet", "Row", "Cell", "Reason"]].itertuples(index=False, name=None)) == [
        ("order_items", "Sheet1", 7, "Sheet1!F7", "parse.decimal"), ("order_items", "Sheet1", 7, "Sheet1!D7", "required"),
        ("order_items", "Sheet1", 9, "Sheet1!D7", "required")]
    # A new file that was set aside has no older rows that count instead.
    aside = next(table.value for table in test.dataframe if "Rows of an older version" in table.value.columns)
    assert list(aside[["Dataset", "File", "Status", "Rows of an older version"]].itertuples(index=False, name=None)) == [
        ("sellers", "Odd <b>sellers</b>.xlsx", "quarantined", "0")]
    test.multiselect(key="reject_codes").set_value(["parse.decimal"]).run()
    rejects = next(table.value for table in test.dataframe if "Cell" in table.value.columns)
    assert list(rejects["Cell"]) == ["Sheet1!F7"]


def test_the_lineage_page_lists_the_workbooks_of_each_kpi(draw, direct):
    test = draw("lineage")
    test.selectbox(key="lineage_kpi").set_value("Review score").run()
    files = next(table.value for table in test.dataframe if "File" in table.value.columns)
    expected = direct.execute(
        "select drive_path from ecom.ops.deliveries where status = 'current' and dataset in ('order_reviews', 'orders') order by dataset, drive_path")
    assert list(files["File"]) == [row[0] for row in expected.fetchall()]


def test_a_new_copy_is_seen_at_the_next_look(warehouse, tmp_path, draw):
    path = tmp_path / "copy.duckdb"
    publish(warehouse.path, path)
    test = draw("overview", path)
    before = shown(test)["Orders"]
    smaller = tmp_path / "smaller.duckdb"
    shutil.copy(warehouse.path, smaller)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{smaller}' as new")
        connection.execute("delete from new.marts.mart_order_metrics where order_id not in (select min(order_id) from new.marts.mart_order_metrics)")
    publish(smaller, path)
    assert shown(test.run())["Orders"] == "1" != before


def test_without_a_copy_the_dashboard_says_what_to_do(draw, tmp_path):
    test = draw("overview", tmp_path / "none.duckdb")
    assert "scripts/publish" in test.error[0].value


def test_without_marts_the_dashboard_says_what_to_do(draw, tmp_path):
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    publish(empty, tmp_path / "copy.duckdb")
    assert "make pipeline" in draw("overview", tmp_path / "copy.duckdb").warning[0].value


@pytest.mark.parametrize("statement", [
    "delete from marts.mart_order_metrics", "create table marts.more (x int)", "copy (select 1) to '{folder}/x.csv'",
    "attach '{folder}/y.duckdb'", "set enable_external_access = true", "from read_csv('/etc/hostname')"])
def test_the_copy_is_only_read(copy, tmp_path, statement):
    with pytest.raises(duckdb.Error):
        copy.rows(statement.format(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_copy_holds_no_refused_values(copy_path, copy):
    assert SECRET.encode() not in copy_path.read_bytes()
    assert not copy.has("ops", "rejects")
    assert [row["cell"] for row in copy.rows("select cell from ops.reject_reasons order by cell")] == ["Sheet1!D7", "Sheet1!D7", "Sheet1!F7"]


def test_a_copy_that_fails_leaves_the_old_one(copy_path, tmp_path):
    path = tmp_path / "copy.duckdb"
    path.write_bytes(copy_path.read_bytes())
    with pytest.raises(CopyError) as failed:
        publish(tmp_path / "none.duckdb", path)
    assert failed.value.status == 66
    (tmp_path / "broken.duckdb").write_bytes(b"this is no database")
    with pytest.raises(CopyError) as failed:
        publish(tmp_path / "broken.duckdb", path)
    assert failed.value.status == 74
    assert path.read_bytes() == copy_path.read_bytes()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["broken.duckdb", "copy.duckdb"]


def test_a_warehouse_that_is_being_written_is_tried_again(tmp_path):
    path = tmp_path / "busy.duckdb"
    writer = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "open\n"
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "publish")], capture_output=True, text=True,
        env={**os.environ, "WAREHOUSE": f"duckdb:{path}", "PUBLISHED": str(tmp_path / "copy.duckdb")})
    writer.communicate("\n")
    assert done.returncode == 75, done.stderr


def test_publishing_by_hand_needs_no_variable_but_the_address(warehouse, copy, tmp_path):
    bare = {name: value for name, value in os.environ.items() if name not in ("WORK", "WAREHOUSE", "PUBLISHED")}
    command = ["python3", str(ROOT / "scripts" / "publish")]
    shutil.copy(warehouse.path, tmp_path / "warehouse.duckdb")
    done = subprocess.run(command, env={**bare, "WORK": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    published = PublishedCopy(tmp_path / "published" / "warehouse.duckdb")
    assert kpis(published, Selection()) == kpis(copy, Selection())
    assert subprocess.run(command, env={**bare, "WAREHOUSE": "snowflake:x"}).returncode == 0
    none = subprocess.run(command, env={**bare, "WORK": str(tmp_path / "none")}, capture_output=True, text=True)
    assert (none.returncode, "there is no warehouse" in none.stderr) == (66, True)
    assert subprocess.run([*command, "--colour"], capture_output=True).returncode == 64


def html_report(warehouse, folder: pathlib.Path, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "html-report"), str(folder / "report.html")], capture_output=True, text=True,
        env={**os.environ, "WAREHOUSE": f"duckdb:{warehouse}", "RUN": "20261102T060000Z-1", "RUN_FOLDER": str(folder), **more})


def test_the_html_report_holds_the_kpis_and_needs_nothing_else(warehouse, direct, tmp_path):
    (tmp_path / "steps.ndjson").write_text('{"step": "pull", "seconds": 1.25, "exit_status": 0}\n')
    (tmp_path / "loaded.ndjson").write_text(
        '{"dataset": "orders", "file": {"drive_path": "Sales/<i>orders</i>.xlsx"}, "load": {"status": "current", "rows": 12, '
        '"reason": "two < three"}}\n')
    done = html_report(warehouse.path, tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "report.html").read_text()
    assert len(text.encode()) < 2_000_000
    for value in written(direct_kpis(direct)).values():
        assert f">{value}</b>" in text
    assert text.count("<figure>") == 8
    assert ">Sheet1</td>" in text and ">F7</td>" in text and ">parse.decimal</td>" in text and SECRET not in text
    assert "two &lt; three" in text and "Files whose newest version does not count" in text
    # Texts of the data are text: no tag of theirs is one.
    assert "&lt;i&gt;orders&lt;/i&gt;" in text and "<i>" not in text
    # Nothing is fetched: no address, no script, no style sheet, and the page's own policy forbids it.
    assert not re.search(r"https?:|//[a-z]|<script|<link|<img|<iframe|@import|url\(|src=|href=", text, re.I)
    assert "default-src 'none'" in text and 'name="viewport"' in text


def test_the_html_report_of_a_run_without_marts_is_a_page(tmp_path):
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    done = html_report(empty, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The marts have not been built" in (tmp_path / "report.html").read_text()


def test_the_html_report_says_what_is_missing(tmp_path):
    assert html_report(tmp_path / "none.duckdb", tmp_path).returncode == 66
    assert html_report(tmp_path / "none.duckdb", tmp_path, WAREHOUSE="snowflake:x").returncode == 66
    assert not (tmp_path / "report.html").exists()


def test_a_long_list_of_refused_rows_is_cut(copy):
    class Many:
        def rows(self, sql, parameters=None):
            if "raw_url" in sql and "reject_reasons" in sql:
                return [{
                    "dataset": "orders", "file": "x" * 300, "sheet": "s", "row_number": number, "cell": "S!A1", "field": "f", "code": "c",
                    "message": "m" * 5000, "raw_url": "u"} for number in range(500)]
            return copy.rows(sql, parameters)

        has = staticmethod(copy.has)

    text = page(Many(), "run", [], [])
    assert text.count(">A1</td>") == 200
    assert "first 200 reasons" in text and len(text.encode()) < 500_000
    assert datetime.datetime.now().isoformat()[:10] not in text
