"""Runs sample-workbooks for tests and reads what it wrote."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pyarrow.parquet as pq

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "sample-workbooks"
DATASETS = (
    "customers", "orders", "order_items", "order_payments", "order_reviews", "products", "sellers",
    "product_category_name_translation",
)
KEYS = {
    "customers": ["customer_id"], "orders": ["order_id"], "order_items": ["order_id", "order_item_id"],
    "order_payments": ["order_id", "payment_sequential"], "order_reviews": ["review_id", "order_id"],
    "products": ["product_id"], "sellers": ["seller_id"],
    "product_category_name_translation": ["product_category_name"],
}
DAYS = (1, 2, 3)


def run(out, *options, environment=None):
    return subprocess.run([sys.executable, str(SCRIPT), str(out), *options], capture_output=True, text=True, timeout=300,
                          env={**os.environ, **(environment or {})})


def make(out, *options, environment=None):
    result = run(out, *options, environment=environment)
    assert result.returncode == 0, result.stderr
    return out


def folders_of_days(tmp_path_factory):
    """The folder of every day, made once in a test run."""
    if not _made:
        for day in DAYS:
            _made[day] = make(tmp_path_factory.mktemp("samples") / str(day), "--day", str(day))
    return _made


_made = {}


def truth_of(folder):
    return json.loads((folder / "truth" / "truth.json").read_text())


def changes_of(folder):
    return json.loads((folder / "truth" / "changes.json").read_text())


def landed(folder, dataset):
    return pq.read_table(folder / "truth" / f"{dataset}.parquet").to_pylist()


def current(folder, dataset):
    return [row for row in landed(folder, dataset) if row["_wins"]]


def digests(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def key_of(dataset, row):
    return tuple(row[name] for name in KEYS[dataset])


def modified_times(folder):
    return {str(path.relative_to(folder / "drive")): datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
            for path in (folder / "drive").rglob("*.xlsx")}
