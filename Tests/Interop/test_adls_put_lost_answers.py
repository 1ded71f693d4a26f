"""adls-put where the answer to a request is lost after the deed is done: sent again, it is understood for what it is."""

import pytest

import adls_put_program as program
from adls_clients import LAKE, datalake, start, tree
from adls_put_program import URL

BLOCK = 65_536
SMALL_BLOCKS = ("--block-bytes", "64K")
# What each upload sends, of a file of one block and of a larger one.
REQUESTS = {
    "hierarchical": {"small": ["blob.put"],
                     "large": ["blob.properties", "path.getaccesscontrol", "path.create", "path.append", "path.flush", "blob.setmetadata",
                               "blob.lease", "path.rename"]},
    "flat": {"small": ["blob.put"],
             "large": ["blob.properties", "path.getaccesscontrol", "blob.blocklist", "blob.putblock", "blob.putblocklist"]},
}
UPLOADS = [(kind, size, operation) for kind, sizes in REQUESTS.items() for size, operations in sizes.items() for operation in operations]


@pytest.fixture(scope="module")
def lakes(tmp_path_factory):
    """Their folders are there, so that a rename is not first told that there is none."""
    with start(tmp_path_factory.mktemp("tree")) as hierarchical, start(tmp_path_factory.mktemp("flat"), "--flat") as flat:
        for name in ("lost", "conditions", "refused"):
            datalake(hierarchical).get_file_system_client(LAKE).create_directory(name)
        yield {"hierarchical": hierarchical, "flat": flat}


@pytest.fixture
def lake(lakes):
    yield lakes["hierarchical"]
    lakes["hierarchical"].script()


def lost(operation, **more):
    return {"match": {"operation": operation}, "count": 1, "actions": [{"kind": "reset", "when": "answer"}], **more}


def refused(operation, status, code):
    return {"match": {"operation": operation}, "count": 1, "actions": [{"kind": "status", "status": status, "reason": code}]}


def check_all_hit(emulator):
    """A fault that met nothing has tested nothing."""
    assert {rule["hits"] for rule in emulator.admin("GET", "faults")["faults"]} == {1}
    emulator.script()


def content(size):
    return bytes((number * 7 + number // 251) % 251 for number in range(size))


@pytest.fixture
def files(tmp_path):
    for name, size in (("small", 10), ("large", 3 * BLOCK + 1)):
        (tmp_path / name).write_bytes(content(size))
    return tmp_path


@pytest.mark.parametrize("kind, size, operation", UPLOADS)
def test_of_an_upload(lakes, files, kind, size, operation):
    emulator = lakes[kind]
    emulator.script(lost(operation))
    place = f"lost/{operation}-{size}"
    assert program.put(emulator, files / size, f"{URL}/{place}", *SMALL_BLOCKS)["status"] == "stored"
    check_all_hit(emulator)
    assert program.cat(emulator, place) == (files / size).read_bytes()
    assert not [path for path in tree(emulator) if "sluice-" in path]


@pytest.mark.parametrize("condition", ["absent", "replace", "match"])
@pytest.mark.parametrize("size, operation", [("small", "blob.put"), ("large", "path.rename")])
def test_of_the_publication_under_each_condition(lake, files, size, operation, condition):
    url = f"{URL}/conditions/{condition}-{size}"
    arguments = {"absent": (), "replace": ("--if-exists", "replace"), "match": ("--if-match",)}[condition]
    if condition != "absent":
        (files / "old").write_bytes(b"old")
        old = program.put(lake, files / "old", url)
        arguments += (old["etag"],) if condition == "match" else ()
    lake.script(lost(operation))
    stored = program.put(lake, files / size, url, *SMALL_BLOCKS, *arguments)
    check_all_hit(lake)
    assert stored["status"] == "stored"
    assert stored["etag"].strip('"') == tree(lake)[f"conditions/{condition}-{size}"]["etag"].strip('"')


@pytest.mark.parametrize("operation, status, code", [
    ("path.flush", 412, "ConditionNotMet"), ("path.flush", 400, "InvalidFlushPosition"), ("path.rename", 409, "PathAlreadyExists"),
    ("path.rename", 412, "ConditionNotMet"), ("path.rename", 404, "RenameDestinationParentPathNotFound"),
])
def test_of_a_step_that_is_then_refused_because_it_is_done(lake, files, operation, status, code):
    lake.script(lost(operation), refused(operation, status, code))
    url = f"{URL}/refused/{operation}-{code}"
    assert program.put(lake, files / "large", url, *SMALL_BLOCKS)["status"] == "stored"
    check_all_hit(lake)
    assert not [path for path in tree(lake) if "sluice-" in path]


@pytest.mark.parametrize("operation, status, code", [("path.flush", 412, "ConditionNotMet"), ("path.rename", 409, "PathAlreadyExists")])
def test_a_refusal_is_believed_where_nothing_was_done(lake, files, operation, status, code):
    lake.script(refused(operation, status, code))
    done = program.run(lake, files / "large", "--to", f"{URL}/believed/{operation}", *SMALL_BLOCKS, expect=None)
    check_all_hit(lake)
    assert done.returncode != 0 and code.encode() in done.stderr
    assert f"believed/{operation}" not in tree(lake)


def test_of_deletions(lake, files):
    program.put(lake, files / "small", f"{URL}/gone/file")
    program.put(lake, files / "small", f"{URL}/gone/folder/a")
    for address, operation in ((f"{URL}/gone/file", "blob.delete"), (f"{URL}/gone/folder/", "path.delete")):
        lake.script(lost(operation))
        assert len(program.lines(program.run(lake, "--delete", address))) == 1
        check_all_hit(lake)
    assert not [path for path in tree(lake) if path.startswith("gone/")]


def test_of_a_sweep(lake, files):
    lake.script({"match": {"operation": "path.append"}, "actions": [{"kind": "status", "status": 503, "retry_after": 0}]})
    program.run(lake, files / "large", "--to", f"{URL}/swept", *SMALL_BLOCKS, expect=75)
    [left] = [path for path in tree(lake) if "sluice-" in path]
    lake.script(lost("blob.delete"))
    assert [line["url"] for line in program.lines(program.run(lake, "--delete-temp", f"{URL}/", "--older-than", "0"))] == [f"{URL}/{left}"]
    check_all_hit(lake)
    assert left not in tree(lake)


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_of_a_lock(lake, skip):
    """Of asking for it, of asking again when its file is there, of giving it back."""
    lock = f"{URL}/_state/{skip}"
    lake.script(lost("blob.lease", skip=skip))
    assert program.run(lake, "--lease", lock, "--", "true").stderr == b""
    check_all_hit(lake)
    lake.script(lost("blob.put"))
    assert program.run(lake, "--lease", lock, "--", "true").stderr == b""
    check_all_hit(lake)
