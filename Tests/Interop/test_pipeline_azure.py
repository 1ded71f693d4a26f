"""The pipeline with its lake in Azure (the emulator): the same warehouse as with a folder, rebuilt from raw/ and records alone."""

import json
import os
import shutil
import subprocess

import pytest

import adls_put_program as program
from adls_clients import KEY, LAKE, datalake, start, tree
from adls_put_program import URL
from pipeline import ROOT, RUN_LIMIT_SECONDS, SELLER_HEADER, WITHOUT_TESTS, Pipeline, seller, write_workbook


class AzurePipeline(Pipeline):
    """A pipeline whose lake is a container."""

    def __init__(self, folder, emulator):
        super().__init__(folder)
        self._emulator = emulator

    def environment(self, **more):
        clean = {name: value for name, value in super().environment().items() if not name.startswith(program.FOREIGN)}
        return {**clean, "LAKE": URL, "AZURE_STORAGE_KEY": KEY, "SLUICE_ADLS_ENDPOINT": self._emulator.ready["endpoint"], **more}

    def records(self):
        found = program.run(self._emulator, "--cat", f"{URL}/_deliveries/").stdout.splitlines()
        return [json.loads(line) for line in found]


@pytest.fixture
def emulator(tmp_path):
    (tmp_path / "azure").mkdir()
    with start(tmp_path / "azure") as running:
        yield running


def days(source):
    """What happens in the source before each run: new files, a changed one, bad rows, a bad file, deletions."""
    people = source / "People"

    def first():
        write_workbook(people / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(40)])
        write_workbook(people / "Sellers South.xlsx", SELLER_HEADER, [seller(number, state="RS") for number in range(40, 60)])
        write_workbook(source / "Unclaimed.xlsx", ["x"], [[1]])

    def second():
        rows = [seller(number, city="santos") for number in range(41)] + [["not a key", "1", "x", "nowhere"]]
        write_workbook(people / "Sellers.xlsx", SELLER_HEADER, rows, time=1_527_911_200)
        (people / "Sellers Broken.xlsx").write_bytes(b"this is no workbook")
        os.utime(people / "Sellers Broken.xlsx", (1_527_911_200, 1_527_911_200))

    def third():
        (people / "Sellers South.xlsx").unlink()
        (people / "Sellers Broken.xlsx").unlink()

    return [first, second, third]


def test_the_warehouse_is_the_same_as_with_a_folder_and_is_rebuilt_from_the_lake_alone(tmp_path, emulator):
    azure, folder = AzurePipeline(tmp_path / "a", emulator), Pipeline(tmp_path / "b")
    folder.source = azure.source
    for day in days(azure.source):
        day()
        statuses = []
        for pipeline in (azure, folder):
            pipeline.run(expect=None)
            statuses.append(pipeline.status)
        # 65: a workbook of one of the days is bad.
        assert statuses in ([0, 0], [65, 65])
    assert [row[0] for row in azure.query("select status from ops.deliveries order by delivered_at, delivery")] == \
        [row[0] for row in folder.query("select status from ops.deliveries order by delivered_at, delivery")]
    ours, theirs = azure.everything(), folder.everything()
    assert set(ours) == set(theirs)
    for table in ours:
        assert without_times(ours[table]) == without_times(theirs[table]), table
    assert azure.query("select count(*) from ops.deliveries where raw_url like 'abfss://%'")[0][0] > 3
    assert azure.query("select count(*) from ops.deliveries where processed_url like 'abfss://%/processed/sellers/%'")[0][0] == 3
    assert azure.query("select count(*) from lnd.sellers")[0][0] > 100
    audit = [path for path in tree(emulator) if path.startswith("_manifests/") and path.endswith(".ndjson")]
    assert len(audit) == 3

    # Nothing but raw/ and the records; no work folder, no warehouse.
    before = azure.everything()
    lake = datalake(emulator).get_file_system_client(LAKE)
    for name in {path.partition("/")[0] for path in tree(emulator)} - {"raw", "_deliveries"}:
        lake.delete_directory(name)
    shutil.rmtree(azure.work)
    azure.warehouse.unlink()
    replay(azure)
    assert azure.everything() == before


def replay(pipeline):
    done = subprocess.run([str(ROOT / "scripts" / "replay")], env=pipeline.environment(**WITHOUT_TESTS), capture_output=True, text=True,
                          timeout=RUN_LIMIT_SECONDS, check=False)
    assert "rebuilt" in done.stderr, done.stderr


def without_times(rows):
    """The two lakes were fed at different times: `delivered_at` and what is made of it differ."""
    return [[value for value in row if not hasattr(value, "year")] for row in rows]
