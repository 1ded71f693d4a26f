"""The pipe needs constant memory: a million rows go through all three programs within the promise."""
import json
import os
import subprocess
import sys

from pipeline import ROOT

ROWS = 1_000_000
LIMIT_MEGABYTES = 400


def test_a_million_rows_pass_within_the_memory_promise(tmp_path):
    subprocess.run(
        [sys.executable, os.fspath(ROOT / "scripts/sample-workbooks"), os.fspath(tmp_path / "big"),
         "--big-order-items", str(ROWS)], check=True)
    workbook = next((tmp_path / "big").rglob("*.xlsx"))
    contract = ROOT / "compose/contracts/order_items.odcs.yaml"
    binaries = ROOT / ".build/release"
    commands = [
        [binaries / "xlsx2ndjson", workbook, "--contract", contract, "--provenance"],
        [binaries / "clean", "--contract", contract, "--rejects", tmp_path / "rejects.ndjson"],
        [binaries / "ndjson2parquet", "--contract", contract, "-o", tmp_path / "out.parquet"],
    ]
    measured = subprocess.run(
        [sys.executable, os.fspath(ROOT / "Tests/Interop/peak_memory.py"),
         json.dumps([[os.fspath(part) for part in command] for command in commands])],
        check=True, capture_output=True, text=True)
    result = json.loads(measured.stdout)
    print(f"peak memory: {[round(peak) for peak in result['peaks']]} MB")
    assert result["statuses"] == [0, 0, 0], measured.stderr
    assert f'"rows":{ROWS}' in result["printed"]
    assert sum(result["peaks"]) < LIMIT_MEGABYTES, result["peaks"]
