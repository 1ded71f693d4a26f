"""What the pipeline puts into the lake is what the contracts promise, as another tool, datacontract, sees it."""

import json
import pathlib
import subprocess
import sys

import yaml

from pipeline import ROOT, make_samples

COMMAND = pathlib.Path(sys.executable).with_name("datacontract")
DATASETS = 8


def judged(contract: pathlib.Path, parquet: pathlib.Path, folder: pathlib.Path) -> subprocess.CompletedProcess:
    """Lets datacontract test one Parquet file by a contract whose server `processed` is that file."""
    document = yaml.safe_load(contract.read_text())
    [server] = [server for server in document["servers"] if server["server"] == "processed"]
    server["path"] = str(parquet)
    pointed = folder / contract.name
    pointed.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    return subprocess.run(
        [COMMAND, "test", "--server", "processed", pointed], capture_output=True, text=True, timeout=120, cwd=folder)


def test_datacontract_finds_what_the_pipeline_wrote_as_agreed(pipeline, tmp_path):
    make_samples(tmp_path / "samples", "--orders", "300", "--day", "1")
    pipeline.source = tmp_path / "samples" / "drive"
    pipeline.run()
    tested = set()
    for manifest in sorted(pipeline.lake.glob("processed/*/*/manifest.json")):
        dataset = json.loads(manifest.read_text())["dataset"]
        contract = ROOT / "compose" / "contracts" / f"{dataset}.odcs.yaml"
        [part] = manifest.parent.glob("part-*.parquet")
        result = judged(contract, part, tmp_path)
        assert result.returncode == 0, f"{dataset}\n{result.stdout}{result.stderr}"
        assert "passed" in result.stdout and "failed" not in result.stdout, result.stdout
        tested.add(dataset)
    assert len(tested) == DATASETS


def test_datacontract_notices_what_breaks_a_contract(tmp_path):
    """So that the test above can fail: a key twice, and a state of three letters."""
    rows = tmp_path / "rows.ndjson"
    sellers = [("0" * 32, "13000", "campinas", "SP"), ("0" * 32, "13000", "campinas", "SPX")]
    names = ["seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"]
    rows.write_text("".join(json.dumps(dict(zip(names, seller))) + "\n" for seller in sellers))
    loose = tmp_path / "loose.odcs.yaml"
    loose.write_text((ROOT / "compose/contracts/sellers.odcs.yaml").read_text().replace("VARCHAR(2)", "VARCHAR(9)").replace("maxLength: 2,", "maxLength: 9,"))
    part = tmp_path / "sellers.parquet"
    subprocess.run([ROOT / ".build/release/ndjson2parquet", rows, "--contract", loose, "-o", part, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    result = judged(ROOT / "compose/contracts/sellers.odcs.yaml", part, tmp_path)
    assert result.returncode != 0 and "failed" in result.stdout, result.stdout
