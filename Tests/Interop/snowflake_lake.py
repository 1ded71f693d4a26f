"""The lake of sf_copy_lake.py with the local Snowflake as its warehouse: the same tests see the same rows."""

import contextlib
import datetime
import json
import pathlib
import urllib.error

from snowflake_sessions import CONTAINER
from sf_copy_lake import PROGRAMS, Lake

from emulators.kit.running import AdminError


class SnowflakeLake(Lake):
    """A database of its own in a running service, whose container holds the lake's files."""

    number = 0
    # Those of the test that runs.
    made = []

    def __init__(self, service, folder):
        SnowflakeLake.number += 1
        SnowflakeLake.made.append(self)
        self.service = service
        self.database = f"T{SnowflakeLake.number}"
        super().__init__(folder)
        container = pathlib.Path(service.container)
        self.lake = container / f"lake {SnowflakeLake.number} [1]"
        place = f"{CONTAINER}/{self.lake.name}"
        self.address = place.replace("azure://", "abfss://lake@").replace(".blob.", ".dfs.").replace("net/lake/", "net/")
        self.warehouse = None

    def command(self, *arguments):
        return [str(PROGRAMS / "sf-copy"), "--to", "snowflake:local", "--database", self.database, "--lake", self.address,
                "--storage-integration", "LAKE_READER", *map(str, arguments)]

    def environment(self):
        return {"SNOWFLAKE_HOME": str(pathlib.Path(self.service.ready["credentials"]["connections"]).parent), "SLUICE_DUCKDB": "/none"}

    def text(self, lines):
        return super().text(lines).replace(f"file:{self.lake}", self.address)

    def query(self, sql):
        answer = self.service.admin("POST", "query", {"sql": sql.replace("ecom.", f"{self.database}.")})
        return [tuple(moment(value) if kind.startswith("TIMESTAMP") else value for value, kind in zip(row, answer["types"]))
                for row in answer["rows"]]

    def spelled(self, sql):
        return sql.upper().replace('"ECOM"', f'"{self.database}"')

    def drop_warehouse(self):
        self.service.admin("POST", "drop", {"name": self.database})

    @classmethod
    def drop_made(cls):
        """Drops what the test made that has ended: each statement takes the longer, the more databases there are."""
        while cls.made:
            # One that cannot be dropped stays, and costs time and nothing else; a service that the test has ended holds none.
            with contextlib.suppress(AdminError, ConnectionError, urllib.error.URLError):
                cls.made.pop().drop_warehouse()

    def has_warehouse(self):
        return self.database in self.service.admin("GET", "databases")["databases"]


def moment(text):
    return None if text is None else datetime.datetime.fromisoformat(text)


def statements(service):
    """What was submitted through the SQL API."""
    return service.admin("GET", "statements")["statements"]


def lines_of(output):
    return [json.loads(line) for line in output.splitlines()]
