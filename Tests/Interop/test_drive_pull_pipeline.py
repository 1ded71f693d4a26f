"""The whole pipeline with a Google Drive folder as its source: make pipeline SOURCE=address."""

import pytest

from drive_pulls import change, started
from pipeline import SELLER_HEADER, seller, write_workbook


@pytest.fixture
def emulator(tmp_path):
    with started(tmp_path / "credentials") as running:
        yield running


def rows(*numbers, **more):
    return [SELLER_HEADER, *(seller(number, **more) for number in numbers)]


def test_a_drive_folder_ends_in_the_warehouse_and_follows_its_changes(emulator, pipeline, tmp_path):
    write_workbook(tmp_path / "book.xlsx", SELLER_HEADER, [seller(1), seller(2)])
    old = {"modified_time": "2018-06-01T00:00:00Z"}
    change(emulator, {"op": "folder", "id": "f", "name": "Masters"},
           {"op": "file", "id": "book", "name": "Sellers.xlsx", "parent": "f", "path": str(tmp_path / "book.xlsx"), **old},
           {"op": "sheet", "id": "sheet", "name": "Sellers South", "rows": {"S": rows(3, 4)}, **old},
           {"op": "file", "name": "notes.txt", "text": "no contract names this"})
    environment = {
        "SOURCE": f"https://drive.google.com/drive/folders/{emulator.ready['folder']}", "SLUICE_DRIVE_API": f"{emulator.url}/drive/v3",
        "GOOGLE_APPLICATION_CREDENTIALS": emulator.ready["credentials"]["external_account"]}

    def run(expect=0):
        emulator.forget_requests()
        return pipeline.run(expect=expect, **environment)

    run()
    assert pipeline.statuses("sellers") == ["current", "current"]
    assert [row[0][-1] for row in pipeline.current_rows("sellers", "seller_id")] == ["1", "2", "3", "4"]
    raw = sorted(path.name.partition(".")[0] for path in (pipeline.lake / "raw").rglob("*") if path.is_file())
    assert raw == ["Sellers", "Sellers South", "notes"]
    # A run without a change asks for changes only, and delivers nothing.
    run()
    assert not emulator.requests(operation="files.list") and not emulator.requests(operation="files.media")
    assert len(pipeline.statuses("sellers")) == 2
    # A changed Sheet, a deleted workbook, and a Sheet that somebody is typing in.
    change(emulator, {"op": "write", "item": "sheet", "rows": {"S": rows(3, city="santos")}, **old}, {"op": "delete", "item": "book"},
           {"op": "sheet", "name": "Sellers North", "rows": {"S": rows(9)}})
    assert "left alone" in run()
    assert sorted(pipeline.statuses("sellers")) == ["current", "deleted", "deleted", "superseded"] or \
        sorted(pipeline.statuses("sellers")) == ["current", "deleted", "superseded", "superseded"]
    assert [(row[0][-1], row[1]) for row in pipeline.current_rows("sellers", "seller_id, seller_city")] == [("3", "santos")]
    # Whoever takes the state away loses nothing; the Sheet comes when it may.
    (pipeline.work / "drive-state.ndjson").unlink()
    environment["PULL_OPTIONS"] = "--quiet-period 0"
    run()
    assert [row[0][-1] for row in pipeline.current_rows("sellers", "seller_id")] == ["3", "9"]
    assert len(pipeline.records()) == 6
