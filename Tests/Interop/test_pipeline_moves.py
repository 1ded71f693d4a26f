"""What no rule of the job decides by itself and a run therefore has to tell: moved folders, files that no contract asks for
any more, deletions after renames and splits (design section 1.1)."""
import json
import shutil
import subprocess

from pipeline import ROOT, SELLER_HEADER, Pipeline, seller, write_workbook


def put(pipeline: Pipeline, name: str, numbers: range) -> None:
    write_workbook(pipeline.source / name, SELLER_HEADER, [seller(number) for number in numbers])


def script(pipeline: Pipeline, name: str, expect: int = 0, **more: str) -> str:
    done = subprocess.run(
        [str(ROOT / "scripts" / name)], env=pipeline.environment(**more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=300)
    assert done.returncode == expect, done.stderr
    return done.stdout


def current_files(pipeline: Pipeline) -> list[str]:
    return [row[0] for row in pipeline.query("select drive_path from ops.deliveries where status = 'current' order by all")]


def report(pipeline: Pipeline, name: str) -> dict:
    """The newest report of that name."""
    return json.loads(max((pipeline.work / "runs").glob(f"*/{name}"), key=lambda path: path.stat().st_mtime_ns).read_text())


def test_a_source_that_was_moved_is_told_until_its_former_address_is_given(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    put(pipeline, "Sellers north.xlsx", range(3, 5))
    pipeline.run()
    former, pipeline.source = pipeline.source, pipeline.folder / "the new place"
    former.rename(pipeline.source)
    (pipeline.source / "Sellers north.xlsx").unlink()

    output = pipeline.run()
    assert f"file:{former}: 2 known files came from there (1 of them are here too" in output
    assert f"--moved-from file:{former} (MOVED_FROM of the pipeline)" in output
    assert report(pipeline, "pull.json")["warnings"]["root.other"] == 1
    assert current_files(pipeline) == ["Sellers north.xlsx", "Sellers.xlsx"]

    moved = {"MOVED_FROM": f"\nfile:{former}\n"}
    assert [json.loads(line)["status"] for line in script(pipeline, "look", **moved).splitlines()] == ["deleted"]
    output = pipeline.run(**moved)
    assert "came from there" not in output
    assert current_files(pipeline) == ["Sellers.xlsx"]
    # A file that has not changed since the move has its record from before: it is gone all the same when it is gone.
    put(pipeline, "Sellers south.xlsx", range(5, 7))
    (pipeline.source / "Sellers.xlsx").unlink()
    pipeline.run(**moved)
    assert current_files(pipeline) == ["Sellers south.xlsx"]
    # Nothing is known from there any more, so that the old address need not be given for ever.
    assert "came from there" not in pipeline.run()


def test_look_calls_drive_pull_as_pull_does(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    put(pipeline, "Drafts/Sellers.xlsx", range(3))
    options = {"PULL_OPTIONS": "--exclude\nDrafts/**"}
    assert len(script(pipeline, "look", **options).splitlines()) == 1
    pipeline.run(**options)
    assert script(pipeline, "look", **options) == ""


def test_rows_that_no_contract_asks_for_any_more_are_told_until_a_rebuild(pipeline):
    contracts = pipeline.folder / "contracts"
    shutil.copytree(pipeline.contracts, contracts)
    pipeline.contracts = contracts
    put(pipeline, "Sellers.xlsx", range(3))
    put(pipeline, "Old/Sellers.xlsx", range(3, 7))
    pipeline.run()
    contract = contracts / "sellers.odcs.yaml"
    text = contract.read_text()
    assert '"**/sellers*.xls[xm]"' in text
    contract.write_text(text.replace('"**/sellers*.xls[xm]"', '"sellers*.xls[xm]"'))
    delivery = pipeline.query("select delivery from ops.deliveries where drive_path like 'Old/%'")[0][0]
    for _ in range(2):
        output = pipeline.run()
        assert "sellers: 4 rows of 1 files that no contract asks for any more are still current" in output
        assert f"(Old/Sellers.xlsx, delivery {delivery})" in output and "scripts/replay" in output
    pipeline.warehouse.unlink()
    assert "no contract asks for any more" not in pipeline.run()
    assert current_files(pipeline) == ["Sellers.xlsx"]


def test_a_rename_that_loses_most_rows_is_told_though_no_guard_holds_it_back(pipeline):
    put(pipeline, "Sellers.xlsx", range(100))
    pipeline.run()
    (pipeline.source / "Sellers.xlsx").unlink()
    put(pipeline, "Sellers 2018.xlsx", range(10))
    output = pipeline.run()
    assert "sellers: 10 rows are current after this run, 100 were before: more are gone than maxShrink 80%" in output
    assert "put them back at the source" in output
    counts = report(pipeline, "load-sellers.json")
    assert counts["counts"]["current_rows_before"] == 100 and counts["counts"]["current_rows_after"] == 10
    assert counts["warnings"] == {"load.shrunk": 1}
    assert current_files(pipeline) == ["Sellers 2018.xlsx"]
    # What is said is what to do.
    put(pipeline, "Sellers.xlsx", range(100))
    assert "maxShrink" not in pipeline.run()
    assert current_files(pipeline) == ["Sellers 2018.xlsx", "Sellers.xlsx"]
    # A split that keeps the rows is nothing to tell.
    (pipeline.source / "Sellers.xlsx").unlink()
    put(pipeline, "Sellers 1.xlsx", range(60))
    put(pipeline, "Sellers 2.xlsx", range(60, 100))
    assert "warning" not in pipeline.run()
    assert current_files(pipeline) == ["Sellers 1.xlsx", "Sellers 2.xlsx", "Sellers 2018.xlsx"]


def test_a_deletion_that_waited_says_whose_rows_it_ends_and_why_that_deserves_a_look(pipeline):
    put(pipeline, "Sellers.xlsx", range(100))
    pipeline.run()
    # Split in two, one half of which is corrupt.
    (pipeline.source / "Sellers.xlsx").unlink()
    put(pipeline, "Sellers 1.xlsx", range(60))
    (pipeline.source / "Sellers 2.xlsx").write_bytes(b"not a workbook")
    output = pipeline.run(expect=65)
    assert "postponed: another delivery of sellers is not good in this run; the next run in which none fails ends these 100 rows" in output
    assert current_files(pipeline) == ["Sellers 1.xlsx", "Sellers.xlsx"]

    output = pipeline.run()
    assert "deleted: its 100 rows are no longer current, although Sellers 2.xlsx of sellers is failed: a deletion waits one run only" in output
    assert report(pipeline, "load-sellers.json")["warnings"] == {"load.deleted": 1}
    loaded = max((pipeline.work / "runs").glob("*/loaded.ndjson"), key=lambda path: path.stat().st_mtime_ns).read_text()
    assert json.loads(loaded)["load"]["reason"].startswith("its 100 rows are no longer current")
    assert current_files(pipeline) == ["Sellers 1.xlsx"]
    # With the other half mended, a deletion is nothing that anybody has to look at.
    put(pipeline, "Sellers 2.xlsx", range(60, 100))
    pipeline.run()
    (pipeline.source / "Sellers 2.xlsx").unlink()
    assert "no longer current" not in pipeline.run()
    # What is told is nothing that a rebuild would lack.
    before = pipeline.everything()
    pipeline.warehouse.unlink()
    pipeline.run(expect=65)
    pipeline.run()
    assert pipeline.everything() == before
