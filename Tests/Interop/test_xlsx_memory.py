"""Peak memory: 48 MB and twice the text of the shared strings, however many rows there are."""

import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "xlsx2ndjson"
FIXED_MEGABYTES = 48


def peak_megabytes(*command):
    done = subprocess.run([sys.executable, ROOT / "Tests/Interop/peak_memory.py", json.dumps([[os.fspath(word) for word in command]])],
                          capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    assert result["statuses"] == [0], done.stderr
    return result["peaks"][0]


def make(folder, rows, strings):
    """A workbook of so many rows; gives its path and the megabytes of its shared strings' text."""
    subprocess.run([sys.executable, ROOT / "scripts" / "sample-workbooks", folder, "--big-order-items", str(rows), "--strings", strings], check=True,
                   stdout=subprocess.DEVNULL)
    path = folder / "drive" / "Sales" / "order_items.xlsx"
    with zipfile.ZipFile(path) as archive:
        text = re.sub(rb"<[^>]*>", b"", archive.read("xl/sharedStrings.xml"))
    return path, len(text) / 1e6


@pytest.mark.parametrize("rows", [50_000, 200_000])
def test_without_shared_strings_memory_is_flat_in_the_number_of_rows(rows, tmp_path):
    path, text = make(tmp_path, rows, "inline")
    assert text < 0.001
    assert peak_megabytes(PROGRAM, path, "-o", tmp_path / "out.ndjson") < FIXED_MEGABYTES


@pytest.mark.parametrize("rows", [50_000, 300_000])
def test_shared_strings_take_twice_their_text_at_most(rows, tmp_path):
    path, text = make(tmp_path, rows, "shared")
    assert text > rows * 25 / 1e6
    assert peak_megabytes(PROGRAM, path, "-o", tmp_path / "out.ndjson") < FIXED_MEGABYTES + 2 * text
