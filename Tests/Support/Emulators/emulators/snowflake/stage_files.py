"""Files of the lake, by the addresses that stages have: `azure://account.blob.core.windows.net/container/path`."""

import hashlib
import os
import pathlib
from dataclasses import dataclass
from email.utils import formatdate


@dataclass
class StoredFile:
    # The whole address, and the path within the container.
    url: str
    key: str
    path: pathlib.Path
    size: int
    modified: float
    etag: str

    def md5(self):
        return hashlib.md5(self.path.read_bytes(), usedforsecurity=False).hexdigest()

    def modified_text(self):
        return formatdate(self.modified, usegmt=True)


class StageFiles:
    """Containers that are folders on this machine: those of the ADLS emulator, or of a `file:` lake."""

    def __init__(self, folders):
        # [(address of a container with / at its end, folder)]
        self._folders = folders

    def find(self, url):
        """The file at an address, or None."""
        for prefix, folder in self._folders:
            if url.startswith(prefix) and url != prefix:
                key = url[len(prefix):]
                path = folder / key
                if ".." not in key.split("/") and path.is_file():
                    return described(prefix, key, path)
        return None

    def below(self, url):
        """All files whose address begins so, in the order of names."""
        found = []
        for prefix, folder in self._folders:
            if not (url.startswith(prefix) or prefix.startswith(url)):
                continue
            for path in folder.rglob("*"):
                key = path.relative_to(folder).as_posix()
                if path.is_file() and (prefix + key).startswith(url):
                    found.append(described(prefix, key, path))
        return sorted(found, key=lambda each: each.url)

    def knows(self, url):
        return any(url.startswith(prefix) or (url + "/").startswith(prefix) for prefix, _ in self._folders)


def described(prefix, key, path):
    status = os.stat(path)
    # Whatever is written or renamed to this name later has another one.
    etag = f"0x{status.st_mtime_ns:X}{status.st_ino:X}"
    return StoredFile(prefix + key, key, path, status.st_size, status.st_mtime, etag)
