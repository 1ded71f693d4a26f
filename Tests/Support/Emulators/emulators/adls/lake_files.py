"""The lake on disk. Any folder will do: what lies in it is in the lake.

  ROOT/FILESYSTEM/PATH          the committed bytes, under their own names
  ROOT/.emulator/nodes/         one JSON document for each filesystem, directory and file: `d_NAME` are folders, `m_NAME` documents
  ROOT/.emulator/appended/ID/   appended and not yet flushed, one file for each position
  ROOT/.emulator/blocks/HASH/   blocks that no list has committed, one file for each block id; HASH is of the path
  ROOT/.emulator/new/           files that are being written
"""

import hashlib
import json
import os
import pathlib
import secrets
import shutil

from ..kit.byte_content import ByteContent
from .adls_errors import ADLSError

HIDDEN = ".emulator"
COPY_BYTES = 1 << 20
FORBIDDEN_SEGMENTS = {"", ".", ".."}
MOST_PATH_CHARACTERS = 1_024
# Longest name of most file systems, less the two letters that the documents' names have more.
MOST_SEGMENT_BYTES = 253


class OpenContent(ByteContent):
    """The bytes of a file as they are now, whatever happens to its name later; closed when nobody reads any more."""

    def __init__(self, path, size):
        super().__init__(size)
        self._file = open(path, "rb")

    def read(self, start, length):
        data = os.pread(self._file.fileno(), min(length, self.size - start), start)
        if not data and length and start < self.size:
            raise OSError("a committed file became shorter")
        return data

    def __del__(self):
        if hasattr(self, "_file"):
            self._file.close()


class LakeFiles:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self._nodes = self.root / HIDDEN / "nodes"
        self._appended = self.root / HIDDEN / "appended"
        self._blocks = self.root / HIDDEN / "blocks"
        self._new = self.root / HIDDEN / "new"
        shutil.rmtree(self._new, ignore_errors=True)
        for folder in (self._nodes, self._appended, self._blocks, self._new):
            folder.mkdir(parents=True, exist_ok=True)

    # ---- Committed

    def place(self, segments):
        """Where the bytes lie. `segments` begins with the filesystem."""
        return self.root.joinpath(*segments)

    def document_place(self, segments):
        return self._folder(segments[:-1]) / f"m_{segments[-1]}"

    def _folder(self, segments):
        return self._nodes.joinpath(*(f"d_{each}" for each in segments))

    def save(self, segments, document):
        place = self.document_place(segments)
        place.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._scratch()
        scratch.write_text(json.dumps(document), encoding="utf-8")
        os.replace(scratch, place)

    def document(self, segments):
        """None for what was put into the folder by hand."""
        try:
            return json.loads(self.document_place(segments).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def make_directory(self, segments):
        self.place(segments).mkdir(parents=True, exist_ok=True)

    def put(self, segments, pieces):
        """Replaces the file's bytes in one step; how many they are."""
        scratch = self._scratch()
        size = 0
        with open(scratch, "wb") as file:
            for piece in pieces:
                file.write(piece)
                size += len(piece)
        os.replace(scratch, self.place(segments))
        return size

    def move(self, source, destination):
        os.rename(self.place(source), self.place(destination))
        for old, new in ((self.document_place(source), self.document_place(destination)),
                         (self._folder(source), self._folder(destination))):
            if old.exists():
                new.parent.mkdir(parents=True, exist_ok=True)
                os.rename(old, new)

    def remove(self, segments):
        place = self.place(segments)
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        shutil.rmtree(self._folder(segments), ignore_errors=True)
        self.document_place(segments).unlink(missing_ok=True)

    # ---- Appended to a file, by position

    def keep_appended(self, node_id, position, data):
        self._write(self._appended / node_id / str(position), data)

    def appended(self, node_id):
        """{position: bytes there}"""
        folder = self._appended / node_id
        return {int(each.name): each.stat().st_size for each in folder.iterdir()} if folder.is_dir() else {}

    def commit_appended(self, node_id, segments, size, positions):
        """Writes what was appended behind the committed bytes. Readers know the old size until the node says otherwise."""
        with open(self.place(segments), "r+b") as file:
            file.truncate(size)
            file.seek(size)
            for position in positions:
                for piece in pieces_of(self._appended / node_id / str(position)):
                    file.write(piece)
            return file.tell()

    def forget_appended(self, node_id, positions=None):
        folder = self._appended / node_id
        if positions is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            for position in positions:
                (folder / str(position)).unlink(missing_ok=True)

    # ---- Blocks of a path, by block id

    def keep_block(self, segments, block_id, data):
        self._write(self._block_folder(segments) / block_id.encode().hex(), data)

    def blocks(self, segments):
        """{block id: bytes}"""
        folder = self._block_folder(segments)
        if not folder.is_dir():
            return {}
        return {bytes.fromhex(each.name).decode(): each.stat().st_size for each in sorted(folder.iterdir())}

    def block_pieces(self, segments, block_id):
        return pieces_of(self._block_folder(segments) / block_id.encode().hex())

    def forget_blocks(self, segments):
        shutil.rmtree(self._block_folder(segments), ignore_errors=True)

    def _block_folder(self, segments):
        return self._blocks / hashlib.sha256("/".join(segments).encode("utf-8", "surrogateescape")).hexdigest()

    # ---- Help

    def _write(self, place, data):
        place.parent.mkdir(exist_ok=True)
        scratch = self._scratch()
        scratch.write_bytes(data)
        os.replace(scratch, place)

    def _scratch(self):
        return self._new / secrets.token_hex(8)


def pieces_of(path, start=0, length=None):
    """The bytes of a file, or a stretch of it, in pieces."""
    with open(path, "rb") as file:
        file.seek(start)
        while length is None or length > 0:
            piece = file.read(COPY_BYTES if length is None else min(COPY_BYTES, length))
            if not piece:
                return
            length = None if length is None else length - len(piece)
            yield piece


def segments_of(path):
    """The names of a path. ADLSError for what cannot be one."""
    segments = path.strip("/").split("/") if path.strip("/") else []
    if len(path) > MOST_PATH_CHARACTERS:
        raise ADLSError("InvalidResourceName")
    for segment in segments:
        if segment in FORBIDDEN_SEGMENTS or "\0" in segment or segment.endswith("."):
            raise ADLSError("InvalidUri")
        if len(segment.encode("utf-8", "surrogateescape")) > MOST_SEGMENT_BYTES:
            raise ADLSError("InvalidResourceName")
    return segments
