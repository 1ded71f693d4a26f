"""Deliveries in a lake in Azure: raw bytes, records, lineage, the audit copy, whatever the weather and whoever else delivers them."""

import hashlib
import json

import pytest

import adls_put_program as program
from adls_clients import LAKE, datalake, start, tree
from adls_put_program import URL

SMALL_BLOCKS = ("--block-bytes", "64K")
WEATHER = {"probability": 0.15, "per_request": 2, "one_of": True, "actions": [
    {"kind": "status", "status": 503}, {"kind": "status", "status": 429, "retry_after": 0}, {"kind": "reset", "when": "request"},
    {"kind": "reset", "when": "answer"}, {"kind": "corrupt_body"}]}


@pytest.fixture(params=["hierarchical", "flat"])
def emulator(request, tmp_path):
    with start(tmp_path, *(["--flat"] if request.param == "flat" else [])) as running:
        yield running


def delivery(number, path, **more):
    """The manifest line of a pulled file."""
    data = path.read_bytes()
    return {"delivery": f"0011223344556{number:03x}", "dataset": "orders", "status": "new", "delivered_at": None, "path": str(path),
            "file": {"root": "drive:root", "id": f"id-{number}", "name": f"Örders {number}.xlsx", "drive_path": f"Säles/Örders {number}.xlsx",
                     "version": "7", "modified_time": "2018-01-31T12:30:00.000Z", "mime_type": "x", "bytes": len(data), "md5": None,
                     "sha256": hashlib.sha256(data).hexdigest()}, **more}


def put(emulator, lines, *arguments, layout="raw", expect=0):
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return program.run(emulator, "--to", URL, "--as", layout, "--manifest", "-", *SMALL_BLOCKS, *arguments, given=text, expect=expect)


def path_of(url):
    return url.removeprefix(f"{URL}/")


def check_records(emulator, grown):
    """Each line is the record of the lake, and tells what stands in raw/."""
    truth = tree(emulator)
    for line in grown:
        assert json.loads(program.cat(emulator, f"_deliveries/{line['delivery']}.json")) == line
        stored = truth[path_of(line["raw"]["url"])]
        assert (stored["sha256"], stored["bytes"]) == (line["file"]["sha256"], line["file"]["bytes"])
        assert stored["etag"].strip('"') == line["raw"]["etag"].strip('"')
    assert not [path for path in truth if "sluice-" in path]


def test_deliveries_go_to_raw_with_records_lineage_and_audit_copy(emulator, tmp_path):
    (tmp_path / "pulled").write_bytes(b"workbook")
    line = delivery(1, tmp_path / "pulled")
    [grown] = program.lines(put(emulator, [line], "--run", "run-1"))
    place = f"raw/orders/2018/01/31/Örders 1.{line['delivery']}.xlsx"
    assert grown["raw"]["url"] == f"{URL}/{place}"
    check_records(emulator, [grown])
    assert json.loads(program.cat(emulator, "_manifests/run-1.ndjson")) == grown
    metadata = datalake(emulator).get_file_client(LAKE, place).get_file_properties().metadata
    assert metadata["drivepath"] == "S%C3%A4les/%C3%96rders%201.xlsx" and metadata["delivery"] == line["delivery"]
    assert program.lines(put(emulator, [line], "--run", "run-1")) == [grown]
    (tmp_path / "pulled").write_bytes(b"changed!")
    other = line | {"delivery": "00112233445566bb"}
    assert b"has sha256" in put(emulator, [other], expect=65).stderr
    assert not [path for path in tree(emulator) if other["delivery"] in path]


def test_a_dry_run_tells_where_and_leaves_nothing(emulator, tmp_path):
    (tmp_path / "pulled").write_bytes(b"workbook")
    [told] = program.lines(put(emulator, [delivery(1, tmp_path / "pulled")], "--run", "run-1", "--dry-run"))
    assert told["raw"]["url"].startswith(f"{URL}/raw/orders/2018/01/31/") and tree(emulator) == {}


def test_in_bad_weather_each_delivery_arrives_once_and_in_order(emulator, tmp_path):
    lines = []
    for number in range(24):
        (tmp_path / f"{number}").write_bytes(bytes((number * 7 + place) % 251 for place in range([10, 70_000, 200_001, 0][number % 4])))
        lines.append(delivery(number, tmp_path / f"{number}"))
    emulator.script(WEATHER)
    grown = program.lines(put(emulator, lines, "--run", "run-1"))
    emulator.script()
    assert [line["delivery"] for line in grown] == [line["delivery"] for line in lines]
    assert [line["delivered_at"] for line in grown] == sorted(line["delivered_at"] for line in grown)
    check_records(emulator, grown)
    assert len([path for path, entry in tree(emulator).items() if path.startswith("raw/") and not entry.get("directory")]) == len(lines)


def test_bytes_without_their_record_are_the_delivery(emulator, tmp_path):
    """What a crash left between the two; the pulled file has changed since."""
    (tmp_path / "pulled").write_bytes(b"first")
    emulator.script({"match": {"operation": "blob.put", "subject": "*_deliveries*"}, "actions": [{"kind": "status", "status": 403}]})
    put(emulator, [delivery(1, tmp_path / "pulled")], expect=77)
    emulator.script()
    (tmp_path / "pulled").write_bytes(b"other")
    done = put(emulator, [delivery(1, tmp_path / "pulled")])
    assert b"stands without a record; its bytes count" in done.stderr
    [grown] = program.lines(done)
    assert grown["file"]["sha256"] == hashlib.sha256(b"first").hexdigest()
    check_records(emulator, [grown])


def test_of_many_who_deliver_the_same_one_writes_the_record_and_all_tell_it(emulator, tmp_path):
    (tmp_path / "pulled").write_bytes(b"one workbook")
    lines = [delivery(number, tmp_path / "pulled") for number in range(6)]
    (tmp_path / "manifest").write_text("".join(json.dumps(line) + "\n" for line in lines))
    running = [program.start(emulator, "--to", URL, "--as", "raw", "--manifest", tmp_path / "manifest") for _ in range(4)]
    told = [each.communicate(timeout=60) for each in running]
    assert [each.returncode for each in running] == [0] * 4, told
    assert len({output for output, _ in told}) == 1
    check_records(emulator, [json.loads(line) for line in told[0][0].splitlines()])


def test_the_manifest_of_what_was_processed_comes_last(emulator, tmp_path):
    for name, size in (("part", 200_001), ("rejects", 10)):
        (tmp_path / name).write_bytes(name.encode() * (size // len(name)))
    (tmp_path / "pulled").write_bytes(b"workbook")
    part, rejects = ({"path": str(tmp_path / name), "rows": 1, "bytes": (tmp_path / name).stat().st_size,
                      "sha256": hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()} for name in ("part", "rejects"))
    line = delivery(1, tmp_path / "pulled", process={"key": "ab" * 32, "parts": [part], "rejects": rejects})
    folder = f"processed/orders/{line['delivery']}-abababab"
    emulator.script({"match": {"operation": "blob.put", "subject": "*rejects.parquet"}, "actions": [{"kind": "status", "status": 403}]})
    put(emulator, [line], layout="processed", expect=77)
    assert f"{folder}/part-0.parquet" in tree(emulator) and f"{folder}/manifest.json" not in tree(emulator)
    emulator.script()
    emulator.forget_requests()
    [grown] = program.lines(put(emulator, [line], layout="processed"))
    # The part that stood is the same: it is not sent again.
    assert [each["subject"] for each in emulator.requests(operation="blob.put")] == \
        [f"{LAKE}/{folder}/{name}" for name in ("rejects.parquet", "manifest.json")]
    assert emulator.requests(operation="path.append") + emulator.requests(operation="blob.putblock") == []
    assert json.loads(program.cat(emulator, f"{folder}/manifest.json")) == grown
    assert [path_of(each["url"]) for each in grown["processed"]] == [f"{folder}/part-0.parquet"]
    assert program.lines(put(emulator, [line], layout="processed")) == [grown]
