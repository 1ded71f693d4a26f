"""What each client does in the lake, by its name: WRITERS(emulator, path, data), READERS(emulator, path), LISTERS(emulator, directory).

A test of whatever writes into the lake, or reads from it, goes through all of them.
"""

import io
import shutil

import obstore
import pyarrow.fs

from adls_clients import LAKE, arrow, blobs, datalake, fsspec, object_store, rclone


def write_datalake(emulator, path, data):
    file = datalake(emulator).get_file_system_client(LAKE).get_file_client(path)
    # This client sends nothing at all for an empty file.
    file.upload_data(data, overwrite=True) if data else file.create_file()


def write_blob(emulator, path, data):
    blobs(emulator).get_blob_client(LAKE, path).upload_blob(data, overwrite=True)


def write_blocks(emulator, path, data):
    client = blobs(emulator, max_single_put_size=1, max_block_size=300_000).get_blob_client(LAKE, path)
    client.upload_blob(data, overwrite=True, max_concurrency=3)


def write_arrow(emulator, path, data):
    with arrow(emulator).open_output_stream(f"{LAKE}/{path}") as stream:
        stream.write(data)


def write_object_store(emulator, path, data):
    obstore.put(object_store(emulator), path, data)


def write_object_store_parts(emulator, path, data):
    obstore.put(object_store(emulator), path, io.BytesIO(data), use_multipart=True, chunk_size=400_000)


def write_fsspec(emulator, path, data):
    fsspec(emulator).pipe_file(f"{LAKE}/{path}", data)


def write_rclone(emulator, path, data):
    rclone(emulator, "rcat", f"LAKE/{path}", given=data)


def read_arrow(emulator, path):
    with arrow(emulator).open_input_file(f"{LAKE}/{path}") as file:
        return file.read()


READERS = {
    "datalake": lambda emulator, path: datalake(emulator).get_file_client(LAKE, path).download_file().readall(),
    "blob": lambda emulator, path: blobs(emulator, max_single_get_size=200_000, max_chunk_get_size=300_000)
    .get_blob_client(LAKE, path).download_blob(max_concurrency=2).readall(),
    "arrow": read_arrow,
    "object_store": lambda emulator, path: bytes(obstore.get(object_store(emulator), path).bytes()),
    "fsspec": lambda emulator, path: fsspec(emulator).cat_file(f"{LAKE}/{path}"),
    "rclone": lambda emulator, path: rclone(emulator, "cat", f"LAKE/{path}"),
}
WRITERS = {"datalake": write_datalake, "blob": write_blob, "blocks": write_blocks, "arrow": write_arrow,
           "object_store": write_object_store, "object_store_parts": write_object_store_parts, "fsspec": write_fsspec,
           "rclone": write_rclone}


def list_arrow(emulator, directory):
    selector = pyarrow.fs.FileSelector(f"{LAKE}/{directory}", recursive=True)
    return {each.path.removeprefix(f"{LAKE}/"): each.size for each in arrow(emulator).get_file_info(selector) if each.is_file}


def list_rclone(emulator, directory):
    lines = rclone(emulator, "lsf", "-R", "--files-only", "--format", "sp", f"LAKE/{directory}").decode().splitlines()
    return {f"{directory}/{line.partition(';')[2]}": int(line.partition(";")[0]) for line in lines}


LISTERS = {
    "datalake": lambda emulator, directory: {each.name: each.content_length for each in datalake(emulator).get_file_system_client(LAKE)
                                             .get_paths(directory, max_results=2) if not each.is_directory},
    "blob": lambda emulator, directory: {each.name: each.size for each in blobs(emulator).get_container_client(LAKE)
                                         .list_blobs(f"{directory}/", include=["metadata"], results_per_page=2)
                                         if not (each.metadata or {}).get("hdi_isfolder")},
    "arrow": list_arrow,
    "object_store": lambda emulator, directory: {each["path"]: each["size"] for page in obstore.list(object_store(emulator), directory)
                                                 for each in page},
    "fsspec": lambda emulator, directory: {name.removeprefix(f"{LAKE}/"): each["size"] for name, each
                                           in fsspec(emulator).find(f"{LAKE}/{directory}", detail=True).items()},
    "rclone": list_rclone,
}


def present(clients):
    """Without rclone where it is not installed; the others come with the Python environment."""
    return {name: client for name, client in clients.items() if name != "rclone" or shutil.which("rclone")}
