"""A small lake and a warehouse for sf-copy, without the programs before it: what test_sf_copy*.py need."""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release")
DUCKDB = os.environ.get("SLUICE_DUCKDB") or str(ROOT / ".venv" / "bin" / "duckdb")
LIMIT_SECONDS = 120

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {name}
name: {name}
version: {version}
status: active
schema:
  - name: {name}
    physicalType: table
    logicalType: object
    description: Things with a price.
    customProperties:
      - property: source
        value: {{files: ["{glob}"]}}
      - property: guard
        value: {{maxRejects: "{max_rejects}", maxShrink: "80%"}}
    properties:
      - {{name: id, logicalType: string, physicalType: VARCHAR, required: true, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: pieces, logicalType: integer, logicalTypeOptions: {{format: i32}}, physicalType: INTEGER}}
      - name: price
        logicalType: number
        physicalType: DECIMAL(12,2)
        customProperties: [{{property: precision, value: 12}}, {{property: scale, value: 2}}]
      - {{name: sold_at, logicalType: timestamp, logicalTypeOptions: {{timezone: false}}, physicalType: TIMESTAMP_NTZ(6)}}
{more}"""

COLUMNS = (
    "id VARCHAR, pieces INTEGER, price DECIMAL(12,2), sold_at TIMESTAMP, _extra VARCHAR, _source_file VARCHAR, "
    "_source_sheet VARCHAR, _source_row BIGINT"
)


def digest(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def moment(day, second=0):
    """A time of delivery: days after the first of November 2026."""
    start = datetime.datetime(2026, 11, 1, 8, 0, 0) + datetime.timedelta(days=day, seconds=second)
    return start.strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


class Lake:
    """Writes processed deliveries as the programs before sf-copy do, runs sf-copy, and looks into the warehouse."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.lake = self.folder / "lake [1]"
        self.warehouse = self.folder / "ware'house.duckdb"
        self.contracts = self.folder / "contracts"
        self.contracts.mkdir(parents=True)
        self.contract("things")

    def contract(self, name, version="1.0.0", glob=None, max_rejects="20%", more=""):
        path = self.contracts / f"{name}.odcs.yaml"
        path.write_text(
            CONTRACT.format(name=name, version=version, glob=glob or f"**/{name}*.xlsx", max_rejects=max_rejects, more=more)
        )
        return path

    def record(self, drive_path, day, content="", status="new"):
        """A delivery record, as adls-put writes it. The content stands for the workbook's bytes."""
        delivery = digest(drive_path, content, str(day), status)[:16]
        modified = moment(day, -3600)
        return {
            "delivery": delivery,
            "dataset": None,
            "status": status,
            "delivered_at": moment(day),
            "file": {
                "root": "file:drive",
                "id": drive_path,
                "name": drive_path.rsplit("/", 1)[-1],
                "drive_path": drive_path,
                "version": digest(content),
                "modified_time": modified,
                "mime_type": None,
                "bytes": len(content),
                "md5": None,
                "sha256": None if status == "deleted" else digest(content),
            },
            "path": None,
            "raw": None if status == "deleted" else {"url": f"file:{self.lake}/raw/{delivery}.xlsx", "etag": None},
        }

    def processed(self, record, rows, rejects=0, dataset="things", parts=1, key=None, failed=None):
        """The record as it comes out of processing: Parquet files in the lake, and the manifest line."""
        contract = (self.contracts / f"{dataset}.odcs.yaml").read_bytes()
        contract_digest = hashlib.sha256(contract).hexdigest()
        key = key or digest(record["file"]["sha256"], contract_digest, "1")
        process = {"key": key, "contract": {"id": dataset, "version": "1.0.0", "sha256": contract_digest}}
        line = dict(record, dataset=dataset, process=process)
        if failed:
            process["failed"] = {"status": 65, "reason": failed}
            return line
        place = self.lake / "processed" / dataset / f"{record['delivery']}-{key[:8]}"
        place.mkdir(parents=True, exist_ok=True)
        files = [place / f"part-{number}.parquet" for number in range(parts)]
        source = record["file"]["drive_path"].replace("'", "''")
        with duckdb.connect() as connection:
            connection.execute(f"create table rows ({COLUMNS})")
            connection.execute(
                "insert into rows select 'id' || n, n % 7, n * 1.25, timestamp '2018-01-01' + to_seconds(n), "
                f"case when n % 3 = 0 then '{{\"Remarks\":\"n' || n || '\"}}' end, '{source}', 'Sheet1', n + 2 "
                f"from range({rows}) t(n)"
            )
            for number, file in enumerate(files):
                connection.execute(f"copy (from rows where rowid % {parts} = {number}) to '{self.sql(file)}' (format parquet)")
            if rejects:
                file = place / "rejects.parquet"
                connection.execute(
                    f"copy (select '{dataset}' as dataset, '1.0.0' as contract_version, '{record['delivery']}' as delivery, "
                    "n as line, '{\"id\":null}' as \"row\", null::varchar as raw, '[{\"code\":\"null.required\"}]' as errors, "
                    f"'{source}' as _source_file, 'Sheet1' as _source_sheet, n as _source_row from range({rejects}) t(n)) "
                    f"to '{self.sql(file)}' (format parquet)"
                )
                rejects_file = file
        process["rows"] = {"read": rows + rejects, "emitted": rows, "rejected": rejects, "duplicates": 0, "blank": 0}
        process["parts"] = [
            {"path": f"part-{n}.parquet", "rows": None, "bytes": file.stat().st_size, "sha256": None}
            for n, file in enumerate(files)
        ]
        process["rejects"] = None
        if rejects:
            process["rejects"] = {"path": "rejects.parquet", "rows": rejects, "url": f"file:{rejects_file}", "etag": None}
        line["processed"] = [{"url": f"file:{file}", "etag": None} for file in files]
        return line

    @staticmethod
    def sql(path):
        return str(path).replace("'", "''")

    # Running

    def environment(self):
        return {"SLUICE_DUCKDB": DUCKDB}

    def text(self, lines):
        """Lines as sf-copy reads them."""
        return "".join(json.dumps(line) + "\n" for line in lines)

    @staticmethod
    def spelled(sql):
        """A statement as this warehouse spells it."""
        return sql

    def drop_warehouse(self):
        self.warehouse.unlink()

    def has_warehouse(self):
        return self.warehouse.exists()

    def command(self, *arguments):
        return [str(PROGRAMS / "sf-copy"), "--to", f"duckdb:{self.warehouse}", *map(str, arguments)]

    def run(self, *arguments, lines=None, status=0, environment=None):
        """Runs sf-copy and gives its lines of output as objects."""
        text = self.text(lines or [])
        done = subprocess.run(
            self.command(*arguments), input=text, capture_output=True, text=True, timeout=LIMIT_SECONDS,
            env=os.environ | self.environment() | (environment or {}),
        )
        assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.errors = done.stderr
        self.output = done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def start(self, lines, *options, environment=None):
        """Starts a load of the manifest's lines, for `finish` to end; in between a test can do what it likes to it."""
        process = subprocess.Popen(
            self.command("--contract", self.contracts / "things.odcs.yaml", "--manifest", "-", *options),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | self.environment() | (environment or {}))
        process.stdin.write(self.text(lines).encode())
        process.stdin.close()
        return process

    def create(self):
        return self.run("--contracts", self.contracts, "--create")

    def load(self, *lines, dataset="things", status=0, options=()):
        arguments = ["--contract", self.contracts / f"{dataset}.odcs.yaml", "--manifest", "-", *options]
        return [line.get("load") for line in self.run(*arguments, lines=lines, status=status)]

    def pending(self, *lines, options=(), status=0):
        return self.run("--contracts", self.contracts, "--pending", *options, lines=lines, status=status)

    # Looking

    def query(self, sql):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.sql(self.warehouse)}' as ecom (read_only)")
            return connection.execute(sql).fetchall()

    def counts(self, dataset="things"):
        """Rows by delivery in the landing table."""
        return dict(self.query(f"select _delivery, count(*) from ecom.lnd.{dataset} group by 1"))

    def status(self, record):
        found = self.query(f"select status from ecom.ops.deliveries where delivery = '{record['delivery']}'")
        assert len(found) <= 1, found
        return found[0][0] if found else None

    def control(self, record, columns="status, valid_from, valid_to"):
        found = self.query(f"select {columns} from ecom.ops.deliveries where delivery = '{record['delivery']}'")
        assert len(found) == 1, found
        return found[0]

    def contents(self):
        """Everything but the times of loading and the names of runs, to be compared between warehouses."""
        def rows(table, without):
            return sorted(map(repr, self.query(f"select * exclude ({without}) from ecom.{table}")))

        return {
            "things": rows("lnd.things", "_loaded_at"),
            "deliveries": rows("ops.deliveries", "loaded_at, run, raw_url, processed_url"),
            "rejects": rows("ops.rejects", "_loaded_at"),
        }


def finish(process):
    """Waits for a load that `Lake.start` began: its status and both its outputs."""
    process.wait(timeout=LIMIT_SECONDS)
    output, errors = process.stdout.read().decode(), process.stderr.read().decode()
    process.stdout.close()
    process.stderr.close()
    return process.returncode, output, errors
