"""Six independent clients in one lake of the ADLS emulator: each lists and reads what each other wrote."""

import hashlib
import os
import shutil

import obstore
import pyarrow
import pyarrow.fs
import pyarrow.parquet
import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobBlock
from azure.storage.filedatalake import ContentSettings

from adls_clients import LAKE, arrow, blobs, datalake, error_code, fsspec, object_store, start, tree
from adls_sessions import LISTERS, READERS, WRITERS, list_arrow, present

NAME = "wéird dir/a b+c%25=ü.parquet"
LONG = bytes(range(256)) * 4096 + b"tail"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("adls")


@pytest.fixture(scope="module")
def emulator(folder):
    with start(folder) as running:
        yield running


@pytest.fixture(scope="module")
def lake(emulator):
    return datalake(emulator).get_file_system_client(LAKE)


@pytest.fixture(scope="module")
def container(emulator):
    return blobs(emulator).get_container_client(LAKE)


def test_rclone_takes_part():
    if shutil.which("rclone") is None and os.environ.get("CI") != "true":
        pytest.skip("rclone is not installed")
    assert shutil.which("rclone")


def test_each_client_lists_and_reads_what_each_other_wrote(emulator):
    written = {}
    for number, (name, write) in enumerate(present(WRITERS).items()):
        path = f"everyone/{name}/{NAME}"
        written[path] = hashlib.sha256(name.encode()).digest() * 11 + LONG[number:]
        write(emulator, path, written[path])
        write(emulator, f"everyone/{name}/empty", b"")
        written[f"everyone/{name}/empty"] = b""
    truth = {path: each["sha256"] for path, each in tree(emulator).items() if path in written}
    assert truth == {path: hashlib.sha256(data).hexdigest() for path, data in written.items()}
    sizes = {path: len(data) for path, data in written.items()}
    for name, lister in present(LISTERS).items():
        assert lister(emulator, "everyone") == sizes, name
    for name, read in present(READERS).items():
        for path, data in written.items():
            assert read(emulator, path) == data, (name, path)


def test_what_was_written_lies_in_the_folder_and_survives_a_restart(folder, emulator, lake, tmp_path):
    lake.get_file_client("kept/a.csv").upload_data(b"1,2\n", overwrite=True, metadata={"run": "r-1"},
                                                   content_settings=ContentSettings(content_type="text/csv"))
    lake.get_file_client("kept/pending.csv").create_file()
    lake.get_file_client("kept/pending.csv").append_data(b"abc", 0)
    before = lake.get_file_client("kept/a.csv").get_file_properties()
    assert (folder / "root" / LAKE / "kept" / "a.csv").read_bytes() == b"1,2\n"
    copy = tmp_path / "copy"
    shutil.copytree(folder / "root", copy / "root")
    (copy / "root" / LAKE / "by-hand.txt").write_text("hello")
    with start(copy) as other:
        again = datalake(other).get_file_system_client(LAKE)
        after = again.get_file_client("kept/a.csv").get_file_properties()
        assert (after.etag, after.metadata, after.content_settings.content_type) == (before.etag, {"run": "r-1"}, "text/csv")
        again.get_file_client("kept/pending.csv").flush_data(3)
        assert again.get_file_client("kept/pending.csv").download_file().readall() == b"abc"
        assert again.get_file_client("by-hand.txt").download_file().readall() == b"hello"


def test_a_file_is_seen_when_it_is_renamed_and_keeps_its_etag(lake):
    lake.create_directory("final")
    temporary = lake.create_file("_tmp/1.parquet")
    temporary.append_data(b"hello ", 0)
    temporary.append_data(b"world", 6, validate_content=True)
    assert temporary.get_file_properties().size == 0
    etag = temporary.flush_data(11, close=True)["etag"]
    moved = temporary.rename_file(f"{LAKE}/final/1.parquet")
    found = moved.get_file_properties()
    assert (found.size, found.etag) == (11, etag)
    with pytest.raises(ResourceNotFoundError) as gone:
        lake.get_file_client("_tmp/1.parquet").get_file_properties()
    assert error_code(gone.value) == "BlobNotFound"


def test_if_absent_and_if_match_decide_who_writes(lake):
    file = lake.get_file_client("conditions/x")
    first = file.create_file(match_condition=MatchConditions.IfMissing)
    with pytest.raises(ResourceExistsError) as refused:
        file.create_file(match_condition=MatchConditions.IfMissing)
    assert error_code(refused.value) == "PathAlreadyExists"
    file.append_data(b"a", 0)
    file.flush_data(1, etag=first["etag"], match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError) as refused:
        file.flush_data(1, etag=first["etag"], match_condition=MatchConditions.IfNotModified)
    assert error_code(refused.value) == "ConditionNotMet"
    other = lake.create_file("conditions/y")
    with pytest.raises(ResourceExistsError):
        other.rename_file(f"{LAKE}/conditions/x", match_condition=MatchConditions.IfMissing)
    with pytest.raises(HttpResponseError) as refused:
        other.rename_file(f"{LAKE}/conditions/x", source_etag=first["etag"], source_match_condition=MatchConditions.IfNotModified)
    assert error_code(refused.value) == "SourceConditionNotMet"
    other.rename_file(f"{LAKE}/conditions/x")
    assert [each.name for each in lake.get_paths("conditions")] == ["conditions/x"]


def test_leases_keep_others_out(lake, container):
    file = lake.create_file("leases/lock")
    lease = file.acquire_lease(15)
    with pytest.raises(ResourceExistsError) as refused:
        file.acquire_lease(15)
    assert error_code(refused.value) == "LeaseAlreadyPresent"
    with pytest.raises(HttpResponseError) as refused:
        container.upload_blob("leases/lock", b"x", overwrite=True)
    assert error_code(refused.value) == "LeaseIdMissing"
    container.upload_blob("leases/lock", b"x", overwrite=True, lease=lease.id)
    lease.renew()
    assert file.get_file_properties().lease.state == "leased"
    lease.release()
    file.acquire_lease(-1).break_lease()
    file.delete_file()


def test_metadata_content_settings_and_permissions(lake, container):
    file = lake.create_file("properties/f", metadata={"run_id": "r-42"}, content_settings=ContentSettings(content_type="text/csv"),
                            permissions="rwxrw-rw-", umask="0022")
    assert file.get_access_control()["permissions"] == "rwxr--r--"
    file.set_access_control(acl="user::rwx,group::r-x,other::---")
    assert file.get_access_control()["acl"] == "user::rwx,group::r-x,other::---"
    file.set_metadata({"other": "1"})
    assert container.get_blob_client("properties/f").get_blob_properties().metadata == {"other": "1"}
    file.set_http_headers(ContentSettings(content_type="text/plain"))
    assert file.get_file_properties().content_settings.content_type == "text/plain"
    assert lake.get_directory_client("properties").get_directory_properties().metadata == {"hdi_isfolder": "true"}


def test_directories_move_and_go_with_all_that_is_in_them(lake):
    for name in ("a", "b/c", "b/d/e"):
        lake.get_file_client(f"moving/from/{name}").upload_data(name.encode(), overwrite=True)
    moved = lake.get_directory_client("moving/from").rename_directory(f"{LAKE}/moving/to")
    assert [each.name for each in lake.get_paths("moving") if not each.is_directory] == \
        ["moving/to/a", "moving/to/b/c", "moving/to/b/d/e"]
    assert lake.get_file_client("moving/to/b/d/e").download_file().readall() == b"b/d/e"
    moved.delete_directory()
    assert list(lake.get_paths("moving")) == []
    with pytest.raises(ResourceNotFoundError):
        list(lake.get_paths("moving/to"))


def test_blocks_are_nobodys_until_the_list(container):
    blob = container.get_blob_client("blocks/b")
    blob.stage_block("MDAwMQ==", b"hello ", validate_content=True)
    blob.stage_block("MDAwMg==", b"world")
    assert not blob.exists()
    assert [each.id for each in blob.get_block_list("all")[1]] == ["MDAwMQ==", "MDAwMg=="]
    blob.commit_block_list([BlobBlock("MDAwMQ=="), BlobBlock("MDAwMg==")], match_condition=MatchConditions.IfMissing)
    blob.stage_block("MDAwMw==", b"!")
    blob.commit_block_list([BlobBlock("MDAwMg=="), BlobBlock("MDAwMw=="), BlobBlock("MDAwMQ==")])
    assert blob.download_blob().readall() == b"world!hello "
    assert blob.download_blob(offset=3, length=4).readall() == b"ld!h"


def test_parquet_by_pyarrow_and_moves_by_the_others(emulator):
    table = pyarrow.table({"n": list(range(1000))})
    pyarrow.parquet.write_table(table, f"{LAKE}/tables/t.parquet", filesystem=arrow(emulator))
    assert pyarrow.parquet.read_table(f"{LAKE}/tables/t.parquet", filesystem=arrow(emulator)) == table
    arrow(emulator).move(f"{LAKE}/tables/t.parquet", f"{LAKE}/tables/u.parquet")
    store = object_store(emulator)
    obstore.rename(store, "tables/u.parquet", "tables/v.parquet")
    obstore.copy(store, "tables/v.parquet", "tables/w.parquet")
    fsspec(emulator).mv(f"{LAKE}/tables/w.parquet", f"{LAKE}/tables/x.parquet")
    assert sorted(list_arrow(emulator, "tables")) == ["tables/v.parquet", "tables/x.parquet"]
    obstore.delete(store, ["tables/v.parquet", "tables/x.parquet"])
    arrow(emulator).create_dir(f"{LAKE}/tables/deep/er")
    assert arrow(emulator).get_file_info(f"{LAKE}/tables/deep/er").type == pyarrow.fs.FileType.Directory
    arrow(emulator).delete_dir(f"{LAKE}/tables")
    assert arrow(emulator).get_file_info(f"{LAKE}/tables").type == pyarrow.fs.FileType.NotFound
