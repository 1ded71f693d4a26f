"""The dashboard's queries on the local Snowflake, through Snowflake's own connector: the same rows as from the published copy."""
import sys

import pytest
import snowflake_sessions as sessions

from dashboard_warehouse import SECRET, make_warehouse
from pipeline import ROOT

from published_copy import PublishedCopy, publish

DASHBOARD = str(ROOT / "compose" / "dashboard")
TABLES = ["marts.mart_order_metrics", "marts.mart_item_metrics", "marts.fct_order_reviews", "ops.deliveries", "ops.runs", "ops.checks", "ops.rejects"]
TYPES = {"JSON": "varchar", "TIMESTAMP": "timestamp_ntz(6)", "DOUBLE": "double"}

# Runs on both sides: every query of the dashboard, over everything and over a choice, as texts that may be compared.
ASK = """
import datetime, decimal
import metric_queries as metrics, quality_queries as quality
def plain(value):
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        return round(float(value), 6)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat()
def ask_all(warehouse, states, categories, first, last):
    answer = {}
    selections = {
        "everything": metrics.Selection(), "states": metrics.Selection(states=tuple(states)),
        "categories": metrics.Selection(categories=tuple(categories)),
        "all": metrics.Selection(first, last, tuple(states), tuple(categories)), "hostile": metrics.Selection(states=("' or 1 = 1 --",))}
    for name, selection in selections.items():
        answer[name] = {
            "kpis": metrics.kpis(warehouse, selection), "months": metrics.kpis_by(warehouse, selection, "month_start"),
            "states": metrics.kpis_by(warehouse, selection, "customer_state"), "categories": metrics.categories(warehouse, selection),
            "sellers": metrics.sellers(warehouse, selection), "scores": metrics.review_scores(warehouse, selection)}
    answer["choices"] = metrics.choices(warehouse)
    answer["freshness"] = quality.freshness(warehouse)
    answer["deliveries"] = quality.deliveries(warehouse)
    answer["counts"] = quality.reject_counts(warehouse)
    answer["rejects"] = quality.rejects(warehouse), quality.rejects(warehouse, ("order_items",), ("parse.decimal",))
    answer["lists"] = quality.reject_datasets(warehouse), quality.reject_codes(warehouse)
    answer["runs"], answer["failed"] = quality.runs(warehouse), quality.failed_checks(warehouse)
    answer["files"] = quality.source_files(warehouse)
    answer["has"] = [warehouse.has("marts", "mart_order_metrics"), warehouse.has("ops", "reject_reasons"), warehouse.has("marts", "none")]
    return plain(answer)
"""


def fill(service, folder, warehouse) -> None:
    """Makes the tables the dashboard reads, from the DuckDB warehouse, by COPY."""
    lines = ["create schema if not exists ECOM.MARTS", "create schema if not exists ECOM.OPS",
             f"create or replace stage ECOM.OPS.COPIES url = '{sessions.CONTAINER}/copies/'"]
    (folder / "lake" / "copies").mkdir(parents=True, exist_ok=True)
    with warehouse.connect() as connection:
        for name in TABLES:
            file = folder / "lake" / "copies" / f"{name}.parquet"
            connection.execute(f"copy ecom.{name} to '{file}' (format parquet)")
            typed = ", ".join(
                f'{row[0]} {TYPES.get(row[1], row[1])}' for row in connection.execute(f"describe ecom.{name}").fetchall())
            name = name.replace("ops.rejects", "ops.rejects_text")
            lines += [
                f"create or replace table ECOM.{name.upper()} ({typed})",
                f"copy into ECOM.{name.upper()} from @ECOM.OPS.COPIES files = ('{file.name}') force = true"
                " file_format = (type = parquet use_logical_type = true) match_by_column_name = case_insensitive"]
    # JSON comes out of Parquet as text; the pipeline lands it parsed.
    lines.append(
        "create or replace table ECOM.OPS.REJECTS as select dataset, _delivery, _source_file, _source_sheet, _source_row,"
        " parse_json(errors) as errors from ECOM.OPS.REJECTS_TEXT")
    sessions.client(service, f"{sessions.CONNECTOR}\nfor line in {lines!r}:\n    cursor.execute(line)\nanswer = None")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snowflake")
    warehouse = make_warehouse(tmp_path_factory.mktemp("dashboard"))
    publish(warehouse.path, folder / "copy.duckdb")
    copy = PublishedCopy(folder / "copy.duckdb")
    names: dict = {}
    exec(ASK, names)
    metrics, everything = names["metrics"], names["metrics"].Selection()
    states = sorted(metrics.kpis_by(copy, everything, "customer_state"), key=lambda row: -row["orders"])
    kinds = metrics.categories(copy, everything)
    months = [key for key, _ in metrics.choices(copy)["months"]]
    choice = ([row["customer_state"] for row in states[:3]], [row["category"] for row in kinds[:3]], months[3], months[-3])
    expected = names["ask_all"](copy, *choice)
    with sessions.start(folder) as service:
        fill(service, folder, warehouse)
        found = sessions.client(
            service,
            f"sys.path.insert(0, {DASHBOARD!r})\nimport snowflake.connector\nsnowflake.connector.paramstyle = 'qmark'\n{sessions.CONNECTOR}\n{ASK}\n"
            f"from published_copy import SnowflakeWarehouse\nanswer = ask_all(SnowflakeWarehouse(connection), *{choice!r})")
    return expected, found


def test_every_query_gives_the_same_rows_on_both(answers):
    expected, found = answers
    assert expected["everything"]["kpis"]["orders"] > 300 and expected["all"]["kpis"]["orders"] > 0
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name] == expected[name], name


def test_refused_values_stay_where_they_are(answers):
    _, found = answers
    assert len(found["rejects"][0]) == 3 and SECRET not in str(found)


def test_a_machine_without_the_connector_is_told_so():
    assert "snowflake" not in sys.modules
    from published_copy import CopyError, connect_snowflake

    with pytest.raises(CopyError) as failed:
        connect_snowflake("any")
    assert failed.value.status == 78
