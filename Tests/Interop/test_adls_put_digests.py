"""How adls-put knows a large file's content: SHA-256, CRC64 and MD5, each taken or not, and a file that changes meanwhile."""

import hashlib
import os
import time

import pytest

import adls_put_program as program
from adls_clients import LAKE, datalake, start, tree
from adls_put_program import URL
from emulators.adls.crc64 import crc64_text

BLOCK = 65_536
SMALL_BLOCKS = ("--block-bytes", "64K")
SIZE = 300_000
# What is said of the digests, and which of them the file is known by then.
KNOWN_BY = {"sha256": ("--content-md5", "never"), "crc64": ("--content-md5", "never", "--content-sha256", "never")}


@pytest.fixture(scope="module", params=["hierarchical", "flat"])
def emulator(request, tmp_path_factory):
    with start(tmp_path_factory.mktemp("adls"), *(["--flat"] if request.param == "flat" else [])) as running:
        running.is_flat = request.param == "flat"
        yield running


def digests(data, known_by):
    return {"sha256": hashlib.sha256(data).hexdigest() if known_by == "sha256" else None, "crc64": crc64_text(data), "bytes": len(data)}


def told(line):
    return {name: line[name] for name in ("sha256", "crc64", "bytes")}


@pytest.mark.parametrize("known_by", KNOWN_BY)
def test_a_large_file_is_known_by_its_length_and_one_digest(emulator, tmp_path, known_by):
    path, url, options = tmp_path / "f", f"{URL}/{known_by}/f", (*KNOWN_BY[known_by], *SMALL_BLOCKS)
    data = os.urandom(SIZE)
    path.write_bytes(data)
    stored = program.put(emulator, path, url, *options)
    assert told(stored) == digests(data, known_by)
    properties = datalake(emulator).get_file_client(LAKE, f"{known_by}/f").get_file_properties()
    assert properties.content_settings.content_md5 is None
    assert properties.metadata.get("sha256") == stored["sha256"] and properties.metadata["crc64"] == stored["crc64"]
    # The same content stands, whatever is asked of its digests now; bytes of the same length do not.
    emulator.forget_requests()
    for more in ((), options):
        standing = program.put(emulator, path, url, *more, *SMALL_BLOCKS)
        assert (standing["status"], standing["etag"], told(standing)) == ("standing", stored["etag"], told(stored))
    assert emulator.requests(operation="blob.get") == []
    path.write_bytes(os.urandom(SIZE))
    assert b"another content stands there" in program.run(emulator, path, "--to", url, *options, expect=65).stderr
    path.write_bytes(data + b"!")
    assert b"another content stands there" in program.run(emulator, path, "--to", url, *options, expect=65).stderr


@pytest.mark.parametrize("known_by", KNOWN_BY)
def test_what_comes_back_is_held_against_the_digest(emulator, tmp_path, known_by):
    data = os.urandom(SIZE)
    (tmp_path / "f").write_bytes(data)
    url = f"{URL}/back/{known_by}"
    program.put(emulator, tmp_path / "f", url, *KNOWN_BY[known_by], *SMALL_BLOCKS)
    program.run(emulator, "--get", url, "-o", tmp_path / "got", "--sha256", hashlib.sha256(data).hexdigest())
    assert (tmp_path / "got").read_bytes() == data
    refused = program.run(emulator, "--get", url, "-o", tmp_path / "other", "--sha256", "0" * 64, expect=65)
    assert b"has sha256" in refused.stderr and not (tmp_path / "other").exists()
    # Somebody writes other bytes of that length and leaves the metadata as it is.
    client = datalake(emulator).get_file_client(LAKE, f"back/{known_by}")
    metadata = client.get_file_properties().metadata
    client.upload_data(os.urandom(SIZE), overwrite=True, metadata=metadata)
    refused = program.run(emulator, "--get", url, "-o", tmp_path / "other", expect=65)
    assert f"has {known_by}".encode() in refused.stderr and not (tmp_path / "other").exists()


@pytest.mark.parametrize("known_by", KNOWN_BY)
def test_who_appends_ends_the_belief_in_the_digest(tmp_path, known_by):
    data = os.urandom(SIZE)
    (tmp_path / "f").write_bytes(data)
    url = f"{URL}/appended"
    # Nobody appends to a file of an account without folders.
    with start(tmp_path) as lake:
        program.put(lake, tmp_path / "f", url, *KNOWN_BY[known_by], *SMALL_BLOCKS)
        file = datalake(lake).get_file_client(LAKE, "appended")
        file.append_data(b"more", offset=len(data))
        file.flush_data(len(data) + 4)
        (tmp_path / "f").write_bytes(data + b"more")
        standing = program.put(lake, tmp_path / "f", url, *KNOWN_BY[known_by], *SMALL_BLOCKS)
    assert (standing["status"], standing["sha256"]) == ("standing", hashlib.sha256(data + b"more").hexdigest())


def test_a_manifest_or_a_report_has_the_sha256_taken(emulator, tmp_path):
    (tmp_path / "f").write_bytes(os.urandom(SIZE))
    report = tmp_path / "report.json"
    line = program.put(emulator, tmp_path / "f", f"{URL}/reported/f", "--report", report, *SMALL_BLOCKS)
    assert line["sha256"] and line["sha256"] in report.read_text()


@pytest.mark.parametrize(("place", "known_by"), [("digested", "sha256"), ("not yet read", "crc64")])
def test_a_file_that_is_written_to_meanwhile_is_not_published(emulator, tmp_path, place, known_by):
    """Whether the new bytes lie where the digest has been (the service refuses the block) or where it comes to (they fit)."""
    path, url = tmp_path / "f", f"{URL}/moving/{known_by}"
    path.write_bytes(bytes(60 * BLOCK))
    operation = "blob.putblock" if emulator.is_flat else "path.append"
    emulator.forget_requests()
    emulator.script({"match": {"operation": operation}, "skip": 10, "count": 1, "actions": [{"kind": "stall", "seconds": 20, "after_bytes": 0}]})
    process = program.start(emulator, path, "--to", url, "--jobs", "1", *KNOWN_BY[known_by], *SMALL_BLOCKS)
    for _ in range(400):
        if len(emulator.requests(operation=operation)) > 10:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the upload never came so far")
    with path.open("r+b") as file:
        file.seek(11 * BLOCK if place == "digested" else 59 * BLOCK)
        file.write(b"new")
    emulator.script()
    emulator.admin("POST", "release")
    _, errors = process.communicate(timeout=program.LIMIT_SECONDS)
    assert process.returncode == 65, errors
    assert b"was written to while it was uploaded" in errors
    assert not [name for name in tree(emulator) if name.startswith("moving/") and not tree(emulator)[name].get("directory")]
    assert not [name for name in tree(emulator) if "sluice-" in name]
