"""The sample shop's days as a correct pipeline lands them, from the truth that its generator writes."""

import hashlib
import json
import subprocess
import sys

from dbt_warehouse import PROJECT, Warehouse, source_tables

ORDERS = 400
SCRIPT = PROJECT.parents[1] / "scripts" / "sample-workbooks"


class Shop:
    """Lands what the truth of each day says a correct pipeline lands, delivery by delivery."""

    def __init__(self, folder):
        self.folder = folder
        self.warehouse = Warehouse(folder / "warehouse")
        self.columns = {
            table: [column["name"] for column in columns if not column["name"].startswith("_")]
            for schema, table, columns in source_tables()
            if schema == "lnd"
        }
        self.known = {}

    def day(self, number):
        """Makes the workbooks of a day, and delivers what is new, changed or gone; returns the truth."""
        root = self.folder / f"day{number}"
        subprocess.run(
            [sys.executable, str(SCRIPT), str(root), "--orders", str(ORDERS), "--day", str(number)],
            check=True,
            capture_output=True,
        )
        truth = json.loads((root / "truth" / "truth.json").read_text())
        seen = f"2026-11-0{number} 06:00:00"
        present = {file["drive_path"]: file for file in truth["files"]}
        for path, file in present.items():
            digest = hashlib.sha256((root / "drive" / path).read_bytes()).hexdigest()
            if self.known.get(path, (None, None))[1] != digest:
                self.known[path] = (file["dataset"], digest)
                delivery = self.warehouse.deliver(
                    file["dataset"], path, file["modified_time"].removesuffix("Z"), seen, []
                )
                self.land(root / "truth" / f"{file['dataset']}.parquet", file["dataset"], path, delivery, seen)
        for path in self.known.keys() - present.keys():
            dataset, _ = self.known.pop(path)
            self.warehouse.deliver(dataset, path, seen, seen, [], status="deleted")
        return truth

    def land(self, parquet, dataset, path, delivery, seen):
        names = ", ".join([*self.columns[dataset], "_extra", "_source_file", "_source_sheet", "_source_row"])
        with self.warehouse.connect() as connection:
            connection.execute(
                f"insert into ecom.lnd.{dataset} ({names}, _delivery, _loaded_at)"
                f" select {names}, ?, ? from read_parquet(?) where _source_file = ?",
                [delivery, seen, str(parquet), path],
            )
