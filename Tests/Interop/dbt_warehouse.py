"""A small warehouse as sf-copy leaves it, made by SQL, and dbt run on it: what test_dbt.py needs."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys

import duckdb
import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "compose" / "dbt"
BUILD_TIMEOUT_SECONDS = 300


def source_tables(project=PROJECT):
    """Yields (schema, table, columns) of the dbt sources, which the contracts decide."""
    for name in ("_lnd__sources.yml", "_ops__sources.yml"):
        source = yaml.safe_load((project / "models" / "staging" / name).read_text())["sources"][0]
        for table in source["tables"]:
            yield source["name"], table["name"], table["columns"]


class Warehouse:
    """One DuckDB file with the landing and control tables, empty until deliveries come."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Not called ecom: dbt must attach it under that name whatever the file is called.
        self.path = self.folder / "laptop.warehouse.duckdb"
        with self.connect() as connection:
            for schema in ("lnd", "ops"):
                connection.execute(f"create schema ecom.{schema}")
            for schema, table, columns in source_tables():
                types = ", ".join(
                    f'"{column["name"]}" ' + column["data_type"].replace("variant", "json") for column in columns
                )
                connection.execute(f"create table ecom.{schema}.{table} ({types})")

    def connect(self):
        connection = duckdb.connect()
        connection.execute(f"attach '{self.path}' as ecom")
        return connection

    def rows(self, sql):
        with self.connect() as connection:
            return connection.execute(sql).fetchall()

    def deliver(self, dataset, file, modified, delivered, rows, status="current"):
        """Lands one version of a file: its rows, its control row, and the interval of the version before.

        rows are dicts; columns they lack are null. A deletion has no rows and status "deleted"."""
        delivery = hashlib.sha256(f"{file} {delivered}".encode()).hexdigest()[:16]
        good = status in ("current", "deleted")
        with self.connect() as connection:
            if good:
                connection.execute(
                    "update ecom.ops.deliveries set valid_to = ?, status = "
                    "case status when 'current' then 'superseded' else status end "
                    "where file_id = ? and valid_from is not null and valid_to is null",
                    [delivered, file],
                )
            connection.execute(
                "insert into ecom.ops.deliveries (dataset, delivery, file_id, drive_path, modified_time, delivered_at,"
                " contract_version, status, valid_from, loaded_at, run)"
                " values (?, ?, ?, ?, ?, ?, '1.0.0', ?, ?, ?, 'test')",
                [dataset, delivery, file, file, modified, delivered, status, delivered if good else None, delivered],
            )
            for number, row in enumerate(rows, start=2):
                values = {
                    **row,
                    "_source_file": file,
                    "_source_sheet": "Sheet1",
                    "_source_row": number,
                    "_delivery": delivery,
                    "_loaded_at": delivered,
                }
                names = ", ".join(values)
                marks = ", ".join("?" * len(values))
                connection.execute(f"insert into ecom.lnd.{dataset} ({names}) values ({marks})", list(values.values()))
        return delivery

    def dbt(self, *arguments, project=PROJECT, target_path=None, environment=None):
        """Runs the dbt beside this Python; returns its exit status, its output and the status of each node."""
        target = target_path or self.folder / "target"
        command = [
            str(pathlib.Path(sys.executable).parent / "dbt"),
            "--no-use-colors",
            *arguments,
            *("--project-dir", str(project), "--profiles-dir", str(project), "--target", "local"),
        ]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={
                **os.environ,
                "WAREHOUSE_FILE": str(self.path),
                "DBT_TARGET_PATH": str(target),
                "DBT_LOG_PATH": str(self.folder / "logs"),
                **(environment or {}),
            },
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_SECONDS,
        )
        results = {}
        report = target / "run_results.json"
        if report.exists():
            for result in json.loads(report.read_text())["results"]:
                results[result["unique_id"]] = result["status"]
        return done.returncode, done.stdout + done.stderr, results

    def must(self, *arguments, **options):
        """As dbt, but a failure fails the test with dbt's own words."""
        status, output, results = self.dbt(*arguments, **options)
        noise = (" PASS ", " SKIP ", " START ", " OK ", " NO-OP ")
        assert status == 0, "\n".join(line for line in output.splitlines() if not any(word in line for word in noise))
        return results

    def marts(self, schema="marts"):
        """Every row of every mart, in a fixed order."""
        with self.connect() as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables"
                " where table_catalog = 'ecom' and table_schema = ? order by 1",
                [schema],
            ).fetchall()
            return {
                table: connection.execute(f"select * from ecom.{schema}.{table} order by all").fetchall()
                for (table,) in tables
            }

    def sources(self):
        """Every row of the landing and control tables: dbt may only read them."""
        with self.connect() as connection:
            return {
                f"{schema}.{table}": connection.execute(f"select * from ecom.{schema}.{table} order by all").fetchall()
                for schema, table, _ in source_tables()
            }
