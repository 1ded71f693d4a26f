"""The whole job on sample workbooks of three days, against the generator's truth."""
import collections
import datetime
import json
import os
import pathlib
import shutil
import subprocess
from decimal import Decimal

import duckdb
import openpyxl

from pipeline import ROOT, WITHOUT_TESTS, Pipeline, make_samples

DATASETS = [
    "customers", "orders", "order_items", "order_payments", "order_reviews", "products", "sellers",
    "product_category_name_translation"]
WITH_MARTS = "pull,process,load,marts"


def landed(pipeline: Pipeline, dataset: str, truth_columns: list[str]) -> list[tuple]:
    columns = ", ".join(f'l."{name}"' for name in truth_columns)
    rows = pipeline.query(
        f"select {columns}, l._extra from lnd.{dataset} l join ops.deliveries d on d.delivery = l._delivery "
        f"and d.dataset = '{dataset}' where d.status = 'current'")
    return sorted(((*row[:-1], extra_of(row[-1])) for row in rows), key=repr)


def extra_of(text: str | None) -> str:
    """Rescued columns, without the ones that were empty in this row."""
    members = {key: value for key, value in json.loads(text or "{}").items() if value is not None}
    return json.dumps(members, sort_keys=True, ensure_ascii=False)


def expected(truth_file: pathlib.Path) -> tuple[list[str], list[tuple]]:
    connection = duckdb.connect(":memory:")
    names = [row[0] for row in connection.execute(f"describe select * exclude (_extra, _wins) from '{truth_file}'").fetchall()]
    rows = connection.execute(f"select * exclude (_extra, _wins), _extra from '{truth_file}'").fetchall()
    return names, sorted(((*row[:-1], extra_of(row[-1])) for row in rows), key=repr)


def check_day(pipeline: Pipeline, out: pathlib.Path, truth: dict) -> None:
    for dataset in DATASETS:
        names, rows = expected(out / "truth" / f"{dataset}.parquet")
        found = landed(pipeline, dataset, names)
        assert len(found) == len(rows), dataset
        differing = [(left, right) for left, right in zip(found, rows) if left != right]
        assert not differing, (dataset, differing[:2])

    planted = collections.Counter(
        (bad["drive_path"], bad["sheet"], bad["row"], bad["field"], bad["code"]) for bad in truth["bad_rows"])
    refused = collections.Counter(pipeline.query(
        "select r._source_file, r._source_sheet, r._source_row, e ->> 'field', e ->> 'code' "
        "from ops.rejects r join ops.deliveries d on d.delivery = r._delivery and d.status = 'current', "
        "unnest(from_json(r.errors, '[\"json\"]')) as u(e)"))
    assert refused == planted

    counted = {
        path: counts for path, *counts in pipeline.query(
            "select drive_path, rows_read, rows_emitted, rows_rejected, rows_duplicate, rows_landed "
            "from ops.deliveries where status = 'current'")}
    for file in truth["files"]:
        rows = file["rows"]
        assert counted[file["drive_path"]] == [
            rows["read"], rows["good"], rows["bad"], rows["duplicates"], rows["good"]], file["drive_path"]
    assert set(counted) == {file["drive_path"] for file in truth["files"]}

    row = pipeline.query(
        "select orders, revenue, average_order_value, average_review_score, on_time_rate from marts.mart_kpis")
    kpis = truth["measures"]
    assert len(row) == 1
    assert row[0][0] == kpis["orders"]
    assert Decimal(row[0][1]) == Decimal(kpis["revenue"])
    for found, name in zip(row[0][2:], ["average_order_value", "average_review_score", "on_time_rate"]):
        # Both sides round an exact ratio to six digits behind the point.
        assert abs(Decimal(found) - Decimal(kpis[name]["value"])) <= Decimal("0.000001"), name


def check_versions(pipeline: Pipeline) -> None:
    """Every item points at the version in force at its purchase, and some at both versions of what changed."""
    for entity, key in (("product", "product_key"), ("seller", "seller_key"), ("customer", "customer_key")):
        items = (f"from marts.fct_order_items i join marts.fct_orders o using (order_id) "
                 f"join marts.dim_{entity} d on d.{key} = i.{key}")
        outside = pipeline.query(f"select i.order_id {items} where not (o.purchased_at >= d.valid_from and o.purchased_at < d.valid_to)")
        assert outside == [], entity
        assert pipeline.query(f"select count(*) from marts.fct_order_items where {key} = 'unknown'") == [(0,)], entity
        if entity != "customer":
            both = pipeline.query(f"select d.{entity}_id {items} group by 1 having count(distinct d.{key}) > 1")
            assert len(both) >= 2, entity


def check_a_customer_who_is_deleted(pipeline: Pipeline) -> None:
    """A customer's row leaves the workbook: the version is closed, the order keeps pointing at it."""
    versions = ("select valid_to, is_current from marts.dim_customer where customer_unique_id = ? order by valid_from desc")
    [(path,)] = pipeline.query("select max(drive_path) from ops.deliveries where dataset = 'customers' and status = 'current'")
    person, sheet, row = pipeline.query(
        "select customer_unique_id, any_value(_source_sheet), any_value(_source_row) from lnd.customers l join ops.deliveries d "
        "on d.delivery = l._delivery and d.status = 'current' where d.dataset = 'customers' group by 1 "
        "having count(*) = 1 and any_value(_source_file) = ? order by 1", [path])[0]
    assert pipeline.query(versions, [person])[0][1]
    workbook = openpyxl.load_workbook(pipeline.source / path)
    workbook[sheet].delete_rows(row)
    modified = (pipeline.source / path).stat().st_mtime + 86_400
    workbook.save(pipeline.source / path)
    os.utime(pipeline.source / path, (modified, modified))
    pipeline.run(steps=WITH_MARTS)
    [(valid_to, is_current)] = pipeline.query(versions, [person])
    assert not is_current
    assert abs(valid_to.replace(tzinfo=datetime.timezone.utc).timestamp() - modified) < 1
    orders = pipeline.query(
        "select count(*) from marts.fct_orders join marts.dim_customer using (customer_key) where customer_unique_id = ?", [person])
    assert orders == [(1,)]


def test_three_days_of_workbooks_equal_the_truth(tmp_path):
    out = tmp_path / "samples"
    pipeline = Pipeline(tmp_path / "run")
    pipeline.source = out / "drive"
    seen = 0
    for day in (1, 2, 3):
        truth = make_samples(out, "--orders", "600", "--day", str(day))
        output = pipeline.run(steps=WITH_MARTS)
        check_day(pipeline, out, truth)
        deliveries = pipeline.query("select count(*) from ops.deliveries")[0][0]
        assert deliveries > seen, output
        seen = deliveries

        before = pipeline.everything()
        pipeline.wrap()
        output = pipeline.run(steps=WITH_MARTS)
        assert "0 processed" in output and "nothing to load" in output and "marts: nothing new" in output, output
        assert [pipeline.runs_of(name) for name in ("xlsx2ndjson", "clean", "ndjson2parquet")] == [0, 0, 0]
        pipeline.unwrap()
        assert pipeline.everything() == before
    assert "deleted" in {row[0] for row in pipeline.query("select distinct status from ops.deliveries")}

    check_versions(pipeline)
    check_a_customer_who_is_deleted(pipeline)
    before = pipeline.everything()

    # The warehouse is gone; raw/ and the records alone bring it back to the same rows, built whole instead of day by day.
    marts = pipeline.marts()
    assert len(marts) >= 12
    pipeline.warehouse.unlink()
    shutil.rmtree(pipeline.lake / "processed")
    done = subprocess.run([str(ROOT / "scripts" / "replay")], env=pipeline.environment(**WITHOUT_TESTS), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert pipeline.everything() == before
    assert pipeline.marts() == marts
