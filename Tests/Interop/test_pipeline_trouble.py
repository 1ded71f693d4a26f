"""What goes wrong around a run, and what is left of it: odd names, lost files, moved lakes, edited contracts, bad options."""
import hashlib
import os
import re
import shutil
import subprocess

import duckdb
import pytest

from pipeline import BINARIES, ROOT, SELLER_HEADER, WITHOUT_TESTS, Pipeline, seller, write_workbook


def put(pipeline: Pipeline, name: str, numbers: range, city: str = "campinas") -> None:
    write_workbook(pipeline.source / name, SELLER_HEADER, [seller(number, city) for number in numbers])


def own_contracts(pipeline: Pipeline) -> None:
    contracts = pipeline.folder / "contracts"
    shutil.copytree(pipeline.contracts, contracts)
    pipeline.contracts = contracts


def script(pipeline: Pipeline, name: str, *arguments: str, expect: int = 0, **more: str) -> str:
    done = subprocess.run(
        [str(ROOT / "scripts" / name), *arguments], env=pipeline.environment(**more), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == expect, done.stdout
    return done.stdout


def follow(pipeline: Pipeline, command: str) -> None:
    """Does what a message said, as a person would who copies it into a shell."""
    subprocess.run(
        command, shell=True, check=True, stdout=subprocess.DEVNULL,
        env=pipeline.environment(PATH=f"{BINARIES}:{os.environ['PATH']}"))


def test_names_that_shells_stumble_over_are_names(pipeline):
    names = [
        "-old/Sellers.xlsx", "--help/Sellers.xlsx", "Sellers\nnorth.xlsx", "Sellers 'q\" $x `y` \\.xlsx",
        "Sellers caf\u00e9.xlsx", "Sellers cafe\u0301.xlsx", "Sellers " + "x" * 235 + ".xlsx", "Sellers #1 100%.xlsx"]
    for number, name in enumerate(names):
        put(pipeline, name, range(10 * number, 10 * number + number + 1))
    pipeline.run()
    assert dict(pipeline.query("select drive_path, rows_landed from ops.deliveries where status = 'current'")) == {
        name: number + 1 for number, name in enumerate(names)}
    assert dict(pipeline.query("select _source_file, count(*) from lnd.sellers group by all")) == {
        name: number + 1 for number, name in enumerate(names)}


@pytest.mark.parametrize("inner", ["lake", "work"])
def test_a_lake_or_a_work_folder_inside_the_source_is_refused(pipeline, inner):
    put(pipeline, "Sellers.xlsx", range(3))
    setattr(pipeline, inner, pipeline.source / inner)
    output = pipeline.run(expect=78)
    assert f"{pipeline.source / inner} lies in the source {pipeline.source}" in output
    assert pipeline.records() == []


def test_a_lake_that_was_moved_loads_and_rebuilds(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    before = pipeline.everything()
    moved = pipeline.folder / "elsewhere"
    pipeline.lake.rename(moved)
    pipeline.lake = moved
    pipeline.warehouse.unlink()
    pipeline.run()
    assert pipeline.everything() == before
    pipeline.warehouse.unlink()
    shutil.rmtree(moved / "processed")
    pipeline.run()
    assert pipeline.everything() == before


@pytest.mark.parametrize("harm", ["lost", "damaged"])
def test_processed_files_that_are_lost_or_damaged_are_made_again(pipeline, harm):
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run(steps="pull,process")
    part = next((pipeline.lake / "processed").rglob("part-0.parquet"))
    if harm == "lost":
        part.unlink()
    else:
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 0xFF
        part.write_bytes(content)
    assert "processed again" in pipeline.run()
    assert pipeline.query("select count(*) from lnd.sellers") == [(3,)]


def test_a_lost_raw_file_stops_its_dataset_and_says_what_to_do(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    write_workbook(
        pipeline.source / "product_category_name_translation.xlsx",
        ["product_category_name", "product_category_name_english"], [["beleza", "health"]])
    pipeline.run(steps="pull")
    raw = next((pipeline.lake / "raw" / "sellers").rglob("*.xlsx"))
    copy = pipeline.folder / "copy.xlsx"
    shutil.copy(raw, copy)
    for harm in (raw.unlink, lambda: raw.write_bytes(b"something else")):
        harm()
        output = pipeline.run(expect=65)
        assert "until its raw file is back, nothing of sellers is loaded; the other datasets go on" in output
        assert f"with sha256 {hashlib.sha256(copy.read_bytes()).hexdigest()} from a copy of the lake" in output
        assert "1 not" in output and "sellers: a delivery is not processed yet" in output
        assert pipeline.query("select count(*) from lnd.product_category_name_translation") == [(1,)]
        assert pipeline.statuses("sellers") == []
        # What the message says, to the letter.
        command = re.search(r"adls-put COPY --to \S+ --if-exists replace", output).group()
        follow(pipeline, command.replace("COPY", str(copy)))
        assert raw.read_bytes() == copy.read_bytes()
    pipeline.run()
    assert pipeline.statuses("sellers") == ["current"]


def test_a_delivery_whose_raw_file_nobody_has_is_given_up_and_comes_again_where_the_source_has_it(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    put(pipeline, "Sellers.xlsx", range(4))
    pipeline.run(steps="pull")
    next(path for path in (pipeline.lake / "raw").rglob("*.xlsx") if path.stat().st_mtime_ns == max(
        other.stat().st_mtime_ns for other in (pipeline.lake / "raw").rglob("*.xlsx"))).unlink()
    output = pipeline.run(expect=65)
    command = re.search(r"adls-put --delete \S+ --with-memory", output).group()
    follow(pipeline, command)
    pipeline.run()
    assert pipeline.statuses("sellers") == ["superseded", "current"]
    assert pipeline.query("select count(*) from lnd.sellers") == [(7,)]


def test_a_contract_that_changes_while_the_run_is_on_publishes_nothing_under_the_old_key(pipeline):
    own_contracts(pipeline)
    put(pipeline, "Sellers.xlsx", range(3))
    contract = pipeline.contracts / "sellers.odcs.yaml"
    pipeline.wrap(xlsx2ndjson=f'sed -i "s/^version: 1.0.0/version: 1.0.1/" {contract}; sleep 1; exec "$real" "$@"',
                  clean='sleep 2; exec "$real" "$@"')
    output = pipeline.run(expect=75, steps="pull,process")
    assert "the contract of sellers changed meanwhile" in output
    assert not (pipeline.lake / "processed").exists()
    pipeline.unwrap()
    pipeline.run()
    assert pipeline.query("select contract_version, status from ops.deliveries") == [("1.0.1", "current")]


def test_programs_that_end_well_and_disagree_publish_nothing(pipeline):
    put(pipeline, "Sellers.xlsx", range(300))
    pipeline.wrap(clean='awk "NR <= 100" | "$real" "$@"')
    output = pipeline.run(expect=65)
    assert "xlsx2ndjson wrote 300 rows, clean read 100" in output and "nothing is published" in output
    assert not (pipeline.lake / "processed").exists()
    pipeline.unwrap()
    pipeline.run()
    assert pipeline.query("select count(*) from lnd.sellers") == [(300,)]


def test_a_column_that_a_contract_gained_comes_into_its_table(pipeline):
    own_contracts(pipeline)
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    contract = pipeline.contracts / "sellers.odcs.yaml"
    text = contract.read_text()
    place = text.index("      - name: seller_state")
    column = "      - name: account_manager\n        logicalType: string\n        physicalType: VARCHAR\n"
    contract.write_text(text[:place] + column + text[place:])
    write_workbook(
        pipeline.source / "Sellers.xlsx", [*SELLER_HEADER, "account_manager"], [[*seller(1), "Ana"], [*seller(2), "Rui"]])
    pipeline.run()
    assert pipeline.current_rows("sellers", "l.account_manager") == [("Ana",), ("Rui",)]


def test_a_table_that_cannot_follow_its_contract_stops_its_own_dataset_only(pipeline):
    own_contracts(pipeline)
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    pipeline.program(
        "sf-copy", "--to", f"duckdb:{pipeline.warehouse}", "--contracts", str(pipeline.contracts), "--create")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{pipeline.warehouse}' as ecom")
        connection.execute("alter table ecom.lnd.sellers alter column seller_city set data type integer using 0")
    put(pipeline, "Sellers.xlsx", range(4))
    write_workbook(
        pipeline.source / "product_category_name_translation.xlsx",
        ["product_category_name", "product_category_name_english"], [["beleza", "health"]])
    output = pipeline.run(expect=65)
    assert "lnd.sellers.seller_city is INTEGER, not VARCHAR: ALTER TABLE" in output
    assert pipeline.query("select count(*) from lnd.product_category_name_translation") == [(1,)]
    assert pipeline.query("select count(*) from lnd.sellers") == [(3,)]


def test_a_file_that_keeps_changing_leaves_the_others_whole_and_deletes_nothing(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    whole = (pipeline.source / "Sellers.xlsx").read_bytes()
    (pipeline.source / "Sellers.xlsx").unlink()
    put(pipeline, "Sellers north.xlsx", range(3, 5), "santos")
    busy = pipeline.source / "Sellers renamed.xlsx"
    # Long enough that somebody writes it while it is read.
    with busy.open("wb") as file:
        file.truncate(64 << 20)
    pipeline.wrap(drive_pull=f"""
        while sleep 0.01; do touch {str(busy)!r}; done & toucher=$!
        status=0; "$real" "$@" || status=$?
        kill $toucher; exit $status""")
    output = pipeline.run(expect=75)
    assert "kept changing" in output
    assert sorted(set(pipeline.current_rows("sellers", "l._source_file"))) == [("Sellers north.xlsx",), ("Sellers.xlsx",)]
    pipeline.unwrap()
    busy.write_bytes(whole)
    pipeline.run()
    assert sorted(set(pipeline.current_rows("sellers", "l._source_file"))) == [
        ("Sellers north.xlsx",), ("Sellers renamed.xlsx",)]


def test_what_no_run_can_do_is_said_with_the_right_status(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    assert "foo is not one of pull, process, load, marts" in pipeline.run(steps="pull,foo", expect=64)
    assert "build them with make release" in script(pipeline, "run-pipeline", expect=78, SLUICE_BIN="/nonexistent")
    assert "DATASETS names sellerz, of which there is no contract" in script(pipeline, "pending", expect=78, DATASETS="sellerz")
    taken = pipeline.folder / "taken"
    taken.write_text("")
    assert "set WORK to a folder that can be written" in script(pipeline, "run-pipeline", expect=74, WORK=str(taken))
    pipeline.run()
    assert "0123456789abcdef is not pending" in script(pipeline, "process", "0123456789abcdef", expect=66)
    (pipeline.lake / "_deliveries" / ".DS_Store").write_bytes(b"not ours")
    assert f"pull: file:{pipeline.lake}/_deliveries/.DS_Store is no delivery record" in pipeline.run(expect=65)


def test_a_contract_that_is_not_named_after_its_dataset_is_told(pipeline):
    own_contracts(pipeline)
    put(pipeline, "Sellers.xlsx", range(3))
    contract = pipeline.contracts / "sellers.odcs.yaml"
    contract.rename(pipeline.contracts / "my sellers.odcs.yaml")
    output = pipeline.run(expect=65)
    assert f"process: sellers: its contract must be a file named after it, {contract}" in output and "changed meanwhile" not in output
    (pipeline.contracts / "my sellers.odcs.yaml").rename(contract)
    pipeline.run()
    assert pipeline.statuses("sellers") == ["current"]


@pytest.mark.parametrize("length", [0, 200])
def test_a_damaged_record_is_named_and_comes_again_when_it_is_taken_away(pipeline, length):
    put(pipeline, "Sellers.xlsx", range(3))
    put(pipeline, "Sellers north.xlsx", range(3, 5))
    pipeline.run(steps="pull")
    record = max((pipeline.lake / "_deliveries").iterdir())
    os.truncate(record, length)
    output = pipeline.run(expect=65)
    assert f"pull: file:{record} is no delivery record" in output and output.count("is no delivery record") == 1
    command = re.search(r"adls-put --delete \S+ --with-memory", output).group()
    follow(pipeline, command)
    pipeline.run()
    assert pipeline.statuses("sellers") == ["current", "current"]


def test_a_run_whose_disk_is_full_says_so_with_a_known_status_and_the_next_one_ends_right(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    folder = pipeline.work / "runs" / "full"
    folder.mkdir(parents=True)
    (folder / "steps.ndjson").symlink_to("/dev/full")
    output = pipeline.run(expect=74, RUN="full")
    assert "No space left on device" in output and "run-pipeline: line" in output and "cannot be read or written" in output
    pipeline.run(DATASETS="\nsellers\nproducts\n")
    assert pipeline.statuses("sellers") == ["current"]


def test_accept_writes_the_acceptance_to_the_lake_and_flips(pipeline):
    put(pipeline, "Sellers.xlsx", range(100))
    pipeline.run()
    put(pipeline, "Sellers.xlsx", range(10))
    pipeline.run(expect=65)
    delivery = pipeline.query("select delivery from ops.deliveries where status = 'quarantined'")[0][0]
    # Between the two halves of the first try it is killed; the second ends right.
    pipeline.wrap(adls_put='if [[ "$*" == *_deliveries/* && "$*" != *--cat* ]]; then exit 74; fi; exec "$real" "$@"')
    script(pipeline, "accept", delivery, expect=74)
    pipeline.unwrap()
    script(pipeline, "accept", delivery)
    assert pipeline.statuses("sellers") == ["superseded", "current"]
    before = pipeline.everything()
    pipeline.warehouse.unlink()
    pipeline.run()
    assert pipeline.everything() == before
    assert "which delivery?" in script(pipeline, "accept", expect=64)
    script(pipeline, "accept", "0123456789abcdef", expect=66)
    assert len(list((pipeline.lake / "_deliveries").glob("*.accepted.json"))) == 1


def test_marts_as_of_a_time_give_way_to_those_of_today(pipeline):
    steps = "pull,process,load,marts"
    put(pipeline, "Sellers.xlsx", range(3))
    # A relative work folder serves as well, though dbt runs in its own, and a name that looks like an option.
    pipeline.place, pipeline.work, pipeline.warehouse = pipeline.folder, "work", pipeline.folder / "-w.duckdb"
    named = {"WAREHOUSE": "duckdb:-w.duckdb", **WITHOUT_TESTS}
    assert "marts: ok" in pipeline.run(steps=steps, **named)
    assert "marts: ok" in pipeline.run(steps=steps, AS_OF="2020-01-01 00:00:00", **named)
    landed = "select count(*) from marts.dim_seller where seller_id in (select seller_id from lnd.sellers)"
    assert pipeline.query(landed) == [(0,)]
    assert "marts: ok" in pipeline.run(steps=steps, **named)
    assert pipeline.query(landed) == [(3,)]
    assert "marts: nothing new" in pipeline.run(steps=steps, **named)


def test_a_replay_leaves_nothing_of_the_old_file_beside_the_new_one(pipeline):
    put(pipeline, "Sellers.xlsx", range(3))
    pipeline.run()
    before = pipeline.everything()
    # What a killed program may leave.
    log = pipeline.warehouse.with_name(pipeline.warehouse.name + ".wal")
    log.write_bytes(b"of the old file")
    script(pipeline, "replay", **WITHOUT_TESTS)
    assert not log.exists()
    assert pipeline.everything() == before
