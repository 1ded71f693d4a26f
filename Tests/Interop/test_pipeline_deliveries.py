"""Deliveries, exactly (design section 1.1): whatever happens to a file, the next run ends right."""
import json
import shutil
import threading

from pipeline import SELLER_HEADER, Pipeline, seller, write_workbook

FILE = "People/Sellers.xlsx"
DAY = 86_400
START = 1_527_811_200


def put(pipeline: Pipeline, rows: list[list], day: int = 0, header: list[str] | None = None, name: str = FILE) -> None:
    write_workbook(pipeline.source / name, header or SELLER_HEADER, rows, time=START + day * DAY)


def cities(pipeline: Pipeline) -> list[str]:
    return [row[0] for row in pipeline.current_rows("sellers", "l.seller_city")]


def check_intervals(pipeline: Pipeline) -> None:
    """Half-open intervals of a file's good deliveries touch and do not overlap; at most one is open."""
    rows = pipeline.query(
        "select file_id, valid_from, valid_to, status from ops.deliveries where status in ('current', 'superseded', 'deleted') "
        "order by file_id, valid_from")
    for earlier, later in zip(rows, rows[1:]):
        if earlier[0] == later[0]:
            assert earlier[2] == later[1], rows
    for row in rows:
        assert (row[2] is None) == (row[3] in ("current", "deleted")), rows
        assert row[2] is None or row[1] < row[2], rows


def test_nothing_changed_nothing_runs(pipeline):
    put(pipeline, [seller(1)])
    pipeline.run()
    before = pipeline.everything()
    pipeline.wrap()
    output = pipeline.run()
    assert "0 processed" in output and "nothing to load" in output
    assert [pipeline.runs_of(name) for name in ("xlsx2ndjson", "clean", "ndjson2parquet")] == [0, 0, 0]
    assert pipeline.everything() == before


def test_only_the_changed_workbook_is_processed(pipeline):
    put(pipeline, [seller(1, "campinas")])
    put(pipeline, [seller(2, "santos")], name="People/Sellers North.xlsx")
    pipeline.run()
    put(pipeline, [seller(1, "sorocaba")], day=1)
    pipeline.wrap()
    pipeline.run()
    assert pipeline.runs_of("xlsx2ndjson") == 1
    assert cities(pipeline) == ["santos", "sorocaba"]
    check_intervals(pipeline)


def test_a_b_a_are_three_deliveries(pipeline):
    for day, city in enumerate(["campinas", "santos", "campinas"]):
        put(pipeline, [seller(1, city)], day=day)
        pipeline.run()
        assert cities(pipeline) == [city]
    assert pipeline.statuses("sellers") == ["superseded", "superseded", "current"]
    assert len({record["delivery"] for record in pipeline.records()}) == 3
    check_intervals(pipeline)


def test_a_file_that_is_deleted_and_restored(pipeline):
    put(pipeline, [seller(1)])
    put(pipeline, [seller(2, "santos")], name="People/Sellers North.xlsx")
    pipeline.run()
    (pipeline.source / FILE).unlink()
    pipeline.run()
    assert cities(pipeline) == ["santos"]
    gone = "select status from ops.deliveries where file_id = ? order by delivered_at"
    assert pipeline.query(gone, [FILE]) == [("superseded",), ("deleted",)]
    put(pipeline, [seller(1)])
    pipeline.run()
    assert cities(pipeline) == ["campinas", "santos"]
    assert pipeline.query(gone, [FILE]) == [("superseded",), ("deleted",), ("current",)]
    # The file was away from its deletion until it came back, and its three intervals touch.
    times = pipeline.query(
        "select valid_from, valid_to, delivered_at from ops.deliveries where file_id = ? order by delivered_at", [FILE])
    assert [(start, end) for start, end, _ in times] == [
        (times[0][2], times[1][2]), (times[1][2], times[2][2]), (times[2][2], None)]


def test_an_empty_or_missing_source_deletes_nothing(pipeline):
    put(pipeline, [seller(1)])
    pipeline.run()
    (pipeline.source / FILE).unlink()
    (pipeline.source / "People").rmdir()
    pipeline.run(expect=66)
    pipeline.source.rmdir()
    pipeline.run(expect=66)
    assert cities(pipeline) == ["campinas"]


def test_an_edited_contract_processes_all_again_and_replaces_rows(pipeline):
    put(pipeline, [seller(1), seller(2, "santos")])
    pipeline.contracts = pipeline.folder / "contracts"
    shutil.copytree(Pipeline(pipeline.folder).contracts, pipeline.contracts)
    pipeline.run()
    contract = pipeline.contracts / "sellers.odcs.yaml"
    text = contract.read_text()
    assert "version: 1.0.0" in text
    contract.write_text(text.replace("version: 1.0.0", "version: 1.0.1", 1))
    pipeline.wrap()
    pipeline.run()
    assert pipeline.runs_of("xlsx2ndjson") == 1
    assert cities(pipeline) == ["campinas", "santos"]
    assert pipeline.query("select count(*) from lnd.sellers") == [(2,)]
    assert pipeline.query("select status, contract_version from ops.deliveries") == [("current", "1.0.1")]


def test_a_corrupt_workbook_fails_and_is_mended_later(pipeline):
    put(pipeline, [seller(1)])
    put(pipeline, [["beleza", "health"]], header=["product_category_name", "product_category_name_english"],
        name="Catalog/product_category_name_translation.xlsx")
    pipeline.run()
    whole = (pipeline.source / FILE).read_bytes()
    (pipeline.source / FILE).write_bytes(whole[: len(whole) // 2])
    pipeline.run(expect=65)
    assert pipeline.statuses("sellers") == ["current", "failed"]
    reason = pipeline.query("select reason from ops.deliveries where status = 'failed'")[0][0]
    assert reason.startswith(f"xlsx2ndjson: {FILE}: "), reason
    # A rebuild, and one without the processed zone, fail it for the same reason.
    before = pipeline.everything()
    for lost in (pipeline.warehouse.unlink, lambda: (shutil.rmtree(pipeline.lake / "processed"), pipeline.warehouse.unlink())):
        lost()
        pipeline.run(expect=65)
        assert pipeline.everything() == before
    assert cities(pipeline) == ["campinas"]
    # A failed delivery is not tried again until something changes.
    pipeline.wrap()
    pipeline.run()
    assert pipeline.runs_of("xlsx2ndjson") == 0
    pipeline.run("--retry", expect=65)
    assert pipeline.runs_of("xlsx2ndjson") == 1
    put(pipeline, [seller(1, "santos")], day=2)
    pipeline.run()
    assert cities(pipeline) == ["santos"]
    assert pipeline.statuses("sellers") == ["superseded", "failed", "current"]
    check_intervals(pipeline)


def test_one_dataset_that_fails_leaves_the_others_whole(pipeline):
    put(pipeline, [seller(1)])
    (pipeline.source / "Catalog").mkdir()
    (pipeline.source / "Catalog/Products.xlsx").write_bytes(b"this is not a workbook")
    output = pipeline.run(expect=65)
    assert "degraded" in output
    assert cities(pipeline) == ["campinas"]
    assert pipeline.statuses("products") == ["failed"]
    assert pipeline.query("select status, exit_status from ops.runs") == [("degraded", 65)]


def test_two_runs_at_once_the_second_is_told_to_try_again(pipeline):
    put(pipeline, [seller(number) for number in range(200)])
    pipeline.wrap(xlsx2ndjson='sleep 3; exec "$real" "$@"')
    first = pipeline.start()
    outputs = {}
    reader = threading.Thread(target=lambda: outputs.update(first=first.communicate()[0]))
    reader.start()
    while pipeline.runs_of("xlsx2ndjson") == 0 and first.poll() is None:
        threading.Event().wait(0.05)
    pipeline.run(expect=75)
    reader.join()
    assert first.returncode == 0, outputs["first"]
    assert pipeline.query("select count(*) from lnd.sellers") == [(200,)]


def test_a_deleted_warehouse_comes_back(pipeline):
    many = [seller(number) for number in range(10, 60)]
    put(pipeline, [*many, seller(1), seller(2), seller(2), ["short", "1", "x", "XX"]])
    pipeline.run()
    put(pipeline, [*many, seller(1, "santos"), seller(3)], day=1)
    pipeline.run()
    put(pipeline, [seller(4)], name="People/Sellers North.xlsx", day=1)
    pipeline.run()
    (pipeline.source / "People/Sellers North.xlsx").unlink()
    pipeline.run()
    before = pipeline.everything()
    assert len(before["ops.rejects"]) == 1
    pipeline.warehouse.unlink()
    pipeline.run()
    assert pipeline.everything() == before
    shutil.rmtree(pipeline.lake / "processed")
    pipeline.warehouse.unlink()
    pipeline.run()
    assert pipeline.everything() == before


def test_a_new_column_arrives_in_extra(pipeline):
    put(pipeline, [[*seller(1), "Ana"]], header=[*SELLER_HEADER, "Account manager"])
    output = pipeline.run()
    rows = pipeline.current_rows("sellers", "l._extra")
    assert [json.loads(row[0]) for row in rows] == [{"Account manager": "Ana"}]
    assert "Account manager" in output


def test_a_workbook_cut_to_a_tenth_is_quarantined_until_it_is_accepted(pipeline):
    put(pipeline, [seller(number) for number in range(100)])
    pipeline.run()
    put(pipeline, [seller(number, "santos") for number in range(10)], day=1)
    pipeline.run(expect=65)
    assert pipeline.statuses("sellers") == ["current", "quarantined"]
    assert cities(pipeline) == ["campinas"] * 100
    pipeline.run()
    assert pipeline.statuses("sellers") == ["current", "quarantined"]

    delivery = pipeline.query("select delivery from ops.deliveries where status = 'quarantined'")[0][0]
    acceptance = pipeline.program("sf-copy", "--to", f"duckdb:{pipeline.warehouse}", "--accept", delivery)
    name = pipeline.folder / f"{delivery}.accepted.json"
    name.write_text(acceptance)
    pipeline.program("adls-put", str(name), "--to", f"file:{pipeline.lake}/_deliveries/")
    assert pipeline.statuses("sellers") == ["superseded", "current"]
    assert cities(pipeline) == ["santos"] * 10
    check_intervals(pipeline)

    # Replays honour the acceptance.
    before = pipeline.everything()
    pipeline.warehouse.unlink()
    pipeline.run()
    assert pipeline.everything() == before


def test_an_unmatched_workbook_stays_in_raw_with_a_warning(pipeline):
    put(pipeline, [seller(1)])
    put(pipeline, [["x"]], header=["idea"], name="Marketing/Campaign ideas.xlsx")
    output = pipeline.run()
    assert "Campaign ideas" in output
    assert len(list((pipeline.lake / "raw" / "_unmatched").rglob("*.xlsx"))) == 1
    # A contract that appears later finds it.
    pipeline.contracts = pipeline.folder / "contracts"
    shutil.copytree(Pipeline(pipeline.folder).contracts, pipeline.contracts)
    text = (pipeline.contracts / "sellers.odcs.yaml").read_text()
    assert "**/sellers*.xls[xm]" in text
    (pipeline.contracts / "sellers.odcs.yaml").write_text(
        text.replace('"**/sellers*.xls[xm]"', '"**/sellers*.xls[xm]", "marketing/**"'))
    # It is no workbook of sellers: processed now, and refused for what it holds.
    pipeline.run(expect=65)
    assert sorted(pipeline.query("select drive_path, status from ops.deliveries where dataset = 'sellers'")) == [
        ("Marketing/Campaign ideas.xlsx", "failed"), (FILE, "current")]
