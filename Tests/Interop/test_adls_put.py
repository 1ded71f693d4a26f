"""adls-put's lake in Azure and six independent clients: each lists and reads what it wrote, and it lists and reads what each wrote."""

import hashlib
import os

import pytest

import adls_put_program as program
from adls_clients import LAKE, datalake, start, tree
from adls_put_program import URL
from adls_sessions import LISTERS, READERS, WRITERS, present

SMALL_BLOCKS = ("--block-bytes", "64K")
# Names that must be encoded, and decoded, everywhere alike.
NAMES = ["plain.csv", "with space+plus%percent.csv", "Ünï/ñame (1) #&=;,'.parquet", "empty"]


@pytest.fixture(scope="module", params=["hierarchical", "flat"])
def emulator(request, tmp_path_factory):
    with start(tmp_path_factory.mktemp("adls"), *(["--flat"] if request.param == "flat" else [])) as running:
        running.is_flat = request.param == "flat"
        yield running


def contents():
    """{name: bytes} of sizes below, at and above a block of 64 KiB."""
    sizes = [10, 65_536, 200_001, 0]
    return {name: bytes((number * 7 + place) % 251 for place in range(size)) for number, (name, size) in enumerate(zip(NAMES, sizes))}


@pytest.fixture(scope="module")
def written(emulator, tmp_path_factory):
    """A folder that adls-put put into the lake, file by file in one call."""
    folder = tmp_path_factory.mktemp("local")
    for name, data in contents().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    done = program.run(emulator, folder, "--to", f"{URL}/ours/", *SMALL_BLOCKS)
    return {line["url"].removeprefix(f"{URL}/ours/"): line for line in program.lines(done)}


def test_the_lines_say_what_is_there(emulator, written):
    found = tree(emulator)
    assert set(written) == set(NAMES)
    for name, line in written.items():
        data = contents()[name]
        assert (line["status"], line["bytes"], line["sha256"]) == ("stored", len(data), hashlib.sha256(data).hexdigest())
        assert line["etag"].strip('"') == found[f"ours/{name}"]["etag"].strip('"')
    assert not [path for path in found if "sluice-" in path]


@pytest.mark.parametrize("client", present(READERS))
def test_each_client_reads_what_adls_put_wrote(emulator, written, client):
    for name, data in contents().items():
        assert READERS[client](emulator, f"ours/{name}") == data, name


@pytest.mark.parametrize("client", present(LISTERS))
def test_each_client_lists_what_adls_put_wrote(emulator, written, client):
    assert LISTERS[client](emulator, "ours") == {f"ours/{name}": len(data) for name, data in contents().items()}


@pytest.mark.parametrize("client", present(WRITERS))
def test_adls_put_lists_and_reads_what_each_client_wrote(emulator, client, tmp_path):
    for name, data in contents().items():
        WRITERS[client](emulator, f"theirs/{client}/{name}", data)
    found = program.listed(emulator, f"{URL}/theirs/{client}/")
    assert {path: line["bytes"] for path, line in found.items()} == {name: len(data) for name, data in contents().items()}
    truth = tree(emulator)
    for name, data in contents().items():
        path = f"theirs/{client}/{name}"
        assert found[name]["etag"].strip('"') == truth[path]["etag"].strip('"')
        assert program.cat(emulator, path) == data
        program.run(emulator, "--get", f"{URL}/{path}", "-o", tmp_path / "got", "--sha256", hashlib.sha256(data).hexdigest())
        assert (tmp_path / "got").read_bytes() == data
    assert program.cat(emulator, f"theirs/{client}/") == b"".join(
        contents()[name] for name in sorted(NAMES, key=lambda name: name.encode()))


def test_the_vendors_client_sees_type_digest_and_metadata(emulator, tmp_path):
    for name, size in (("small.parquet", 100), ("large.parquet", 300_000)):
        data = os.urandom(size)
        (tmp_path / name).write_bytes(data)
        program.put(emulator, tmp_path / name, f"{URL}/typed/{name}", "--metadata", "origin=Ünï", *SMALL_BLOCKS)
        properties = datalake(emulator).get_file_client(LAKE, f"typed/{name}").get_file_properties()
        assert properties.content_settings.content_type == "application/vnd.apache.parquet"
        assert properties.content_settings.content_md5 == hashlib.md5(data).digest()
        assert properties.metadata["sha256"] == hashlib.sha256(data).hexdigest()
        assert properties.metadata["origin"] == "%C3%9Cn%C3%AF"


def test_what_stands_stands(emulator, tmp_path):
    """The same content is success and no upload; another one is refused, skipped or replaced as asked."""
    for size in (10, 200_000):
        url = f"{URL}/stands/{size}"
        first, second = (tmp_path / "first", tmp_path / "second")
        first.write_bytes(b"1" * size)
        second.write_bytes(b"2" * size)
        stored = program.put(emulator, first, url, *SMALL_BLOCKS)
        again = program.put(emulator, first, url, *SMALL_BLOCKS)
        assert (again["status"], again["etag"]) == ("standing", stored["etag"])
        refused = program.run(emulator, second, "--to", url, *SMALL_BLOCKS, expect=65)
        assert b"another content stands there" in refused.stderr
        assert program.put(emulator, second, url, "--if-exists", "skip", *SMALL_BLOCKS)["status"] == "standing"
        assert program.cat(emulator, f"stands/{size}") == b"1" * size
        replaced = program.put(emulator, second, url, "--if-match", stored["etag"], *SMALL_BLOCKS)
        assert replaced["status"] == "stored" and replaced["etag"] != stored["etag"]
        late = program.run(emulator, first, "--to", url, "--if-match", stored["etag"], *SMALL_BLOCKS, expect=65)
        assert f"it has {replaced['etag']}".encode() in late.stderr
        gone = program.run(emulator, first, "--to", f"{url}-gone", "--if-match", stored["etag"], *SMALL_BLOCKS, expect=65)
        assert b"nothing is there" in gone.stderr
        assert program.put(emulator, first, url, "--if-exists", "replace", *SMALL_BLOCKS)["status"] == "stored"
        assert program.cat(emulator, f"stands/{size}") == b"1" * size
    assert not [path for path in tree(emulator) if "sluice-" in path]


def test_a_files_digest_is_believed_only_where_nobody_wrote_since(emulator, tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    program.put(emulator, tmp_path / "a", f"{URL}/believed")
    if not emulator.is_flat:
        return
    WRITERS["datalake"](emulator, "believed", b"other")
    (tmp_path / "a").write_bytes(b"other")
    assert program.put(emulator, tmp_path / "a", f"{URL}/believed")["status"] == "standing"


def test_what_is_not_there(emulator, tmp_path):
    assert program.run(emulator, "--list", f"{URL}/nothing/").stdout == b""
    assert program.run(emulator, "--cat", f"{URL}/nothing/").stdout == b""
    for arguments in (["--cat", f"{URL}/nothing"], ["--list", f"{URL}/nothing"], ["--get", f"{URL}/nothing", "-o", tmp_path / "x"]):
        assert b"there is no such file" in program.run(emulator, *arguments, expect=66).stderr
    assert not (tmp_path / "x").exists()
    (tmp_path / "f").write_bytes(b"f")
    if not emulator.is_flat:
        program.put(emulator, tmp_path / "f", f"{URL}/folder/f")
        for more in ([], ["--if-exists", "replace"]):
            refused = program.run(emulator, tmp_path / "f", "--to", f"{URL}/folder", *more, expect=65)
            assert b"a folder stands where a file is meant" in refused.stderr
        (tmp_path / "large").write_bytes(bytes(200_000))
        for name in ("f", "large"):
            refused = program.run(emulator, tmp_path / name, "--to", f"{URL}/folder/f/below", *SMALL_BLOCKS, expect=65)
            assert b"PathConflict" in refused.stderr and b"a file stands where the path needs a folder" in refused.stderr


def test_listing_goes_through_all_pages_also_empty_ones(emulator, tmp_path):
    for number in range(25):
        (tmp_path / f"{number:02}").write_bytes(b"x" * number)
    program.run(emulator, tmp_path, "--to", f"{URL}/pages/")
    emulator.admin("POST", "settings", {"page_size": 4})
    emulator.script({"match": {"operation": "path.list"}, "skip": 1, "count": 2, "actions": [{"kind": "empty_page"}]})
    found = program.listed(emulator, f"{URL}/pages/")
    emulator.script()
    emulator.admin("POST", "settings", {"page_size": 5000})
    assert {path: line["bytes"] for path, line in found.items()} == {f"{number:02}": number for number in range(25)}


def test_a_folder_goes_with_all_that_is_in_it_and_nothing_beside_it(emulator, tmp_path):
    name = "flat" if emulator.is_flat else "tree"
    (tmp_path / "small").write_bytes(b"1")
    (tmp_path / "large").write_bytes(bytes(300_000))
    for path in ("a/1", "a/b/2", "a/raw/3", "ab/4"):
        program.put(emulator, tmp_path / "small", f"{URL}/delete-{name}/{path}")
    program.put(emulator, tmp_path / "large", f"{URL}/delete-{name}/a/large", "--block-bytes", "65536")
    place = f"{URL}/delete-{name}/a/"
    assert "--with-memory" in program.run(emulator, "--delete", place, expect=64).stderr.decode()
    told = program.run(emulator, "--delete", place, "--with-memory", "--dry-run")
    assert [line["deleted"] for line in program.lines(told)] == [False] * 4
    assert len(program.listed(emulator, place)) == 4
    program.run(emulator, "--delete", f"{place}1")
    assert set(program.listed(emulator, place)) == {"b/2", "large", "raw/3"}
    gone = [line["url"].removeprefix(place) for line in program.lines(program.run(emulator, "--delete", place, "--with-memory"))]
    assert gone == ["b/2", "large", "raw/3"]
    assert not [path for path in tree(emulator) if path.startswith(f"delete-{name}/a/")]
    assert set(program.listed(emulator, f"{URL}/delete-{name}/")) == {"ab/4"}
    # Once more does no harm, and a container is no folder.
    assert not program.run(emulator, "--delete", place).stdout
    assert not program.run(emulator, "--delete", f"{place}1").stdout
    program.run(emulator, "--delete", f"{URL}/", "--with-memory", expect=64)


def test_a_listing_that_never_ends_is_an_error(emulator, written):
    emulator.script({"match": {"operation": "path.list"}, "actions": [{"kind": "empty_page"}]})
    try:
        done = program.run(emulator, "--list", f"{URL}/ours/", expect=75)
    finally:
        emulator.script()
    assert b"gives the same page again and again" in done.stderr and len(emulator.requests(operation="path.list")) < 100


def test_a_listing_of_more_files_than_a_page_has(tmp_path):
    folder = tmp_path / "root" / LAKE / "many"
    folder.mkdir(parents=True)
    for number in range(5_003):
        (folder / f"{number:05}").touch()
    with start(tmp_path) as large:
        assert [line["path"] for line in program.lines(program.run(large, "--list", f"{URL}/many/"))] == \
            [f"{number:05}" for number in range(5_003)]
        assert [each["listed"] for each in large.requests(operation="path.list")] == [5_000, 3]


# What an address, a header, a query or an XML document might take for something else.
ODD_NAMES = ["q?mark=1&s=2", "star*", 'quote"<>|', "tab\tline\nfeed", " lead and trail ", "e\u0301 beside \u00e9", "\u00e9 beside e\u0301", "😀",
             "a%2Fb", "back\\slash", "x" * 253, "{braces}"]


def test_odd_names_come_back_as_they_are(emulator, tmp_path):
    for kind, size in (("small", 10), ("large", 70_000)):
        local = tmp_path / kind
        local.mkdir()
        for name in ODD_NAMES:
            (local / name).write_bytes(name.encode() + b"." * size)
        program.run(emulator, local, "--to", f"{URL}/odd-{kind}/", *SMALL_BLOCKS)
        assert set(program.listed(emulator, f"{URL}/odd-{kind}/")) == set(ODD_NAMES)
        for name in ODD_NAMES:
            data = (local / name).read_bytes()
            assert program.cat(emulator, f"odd-{kind}/{name}") == data == READERS["datalake"](emulator, f"odd-{kind}/{name}")


@pytest.mark.parametrize("name", ["a.", "folder./a", "..a.."])
def test_names_that_the_service_cannot_find_again_are_not_written(emulator, tmp_path, name):
    for size in (10, 70_000):
        (tmp_path / "f").write_bytes(b"." * size)
        refused = program.run(emulator, tmp_path / "f", "--to", f"{URL}/dots/{name}", *SMALL_BLOCKS, expect=65)
        assert b"no part of a name in Azure ends in a dot" in refused.stderr and refused.stderr.count(b"\n") == 1
    assert not [path for path in tree(emulator) if path.startswith("dots")]


def test_metadata_that_the_service_would_not_keep_is_refused_before_anything_is_sent(emulator, tmp_path):
    (tmp_path / "f").write_bytes(b"f")
    for count, status in ((3, 0), (9, 64)):
        values = [part for number in range(count) for part in ("--metadata", f"name{number}={'v' * 1000}")]
        done = program.run(emulator, tmp_path / "f", "--to", f"{URL}/much/{count}", *values, expect=status)
    assert b"--metadata: more than 4096 bytes" in done.stderr
    assert "much/3" in tree(emulator) and "much/9" not in tree(emulator)
