"""A folder of this machine and a Drive folder (the emulator's) with the same files: the same workbooks by two ways."""

import datetime
import os

from drive_pulls import change


class DriveMirror:
    """Makes the Drive what the folder is, as people would: new folders and files, new content, deletions."""

    def __init__(self, emulator, folder):
        self.emulator, self.folder = emulator, folder
        self.address = f"https://drive.google.com/drive/folders/{emulator.ready['folder']}"
        self._folders, self._files = {".": emulator.ready["folder"]}, {}
        self._count = 0

    def update(self):
        scripts, present = [], set()
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if path.is_dir():
                if name not in self._folders:
                    self._folders[name] = f"folder-{len(self._folders)}"
                    scripts.append({"op": "folder", "id": self._folders[name], "name": path.name, "parent": self._parent(path)})
                continue
            present.add(name)
            stamp = path.stat()
            content = {"path": str(path), "modified_time": moment(stamp.st_mtime_ns)}
            state = (stamp.st_mtime_ns, path.read_bytes())
            if name not in self._files:
                # A file that was deleted and comes again is another one.
                self._count += 1
                self._files[name] = (f"file-{self._count}", state)
                scripts.append({"op": "file", "id": self._files[name][0], "name": path.name, "parent": self._parent(path), **content})
            elif self._files[name][1] != state:
                identity = self._files[name][0]
                self._files[name] = (identity, state)
                scripts.append({"op": "write", "item": identity, **content})
        for name in sorted(set(self._files) - present):
            scripts.append({"op": "delete", "item": self._files.pop(name)[0]})
        if scripts:
            change(self.emulator, *scripts)
        return len(scripts)

    def _parent(self, path):
        return self._folders[os.path.relpath(path.parent, self.folder)]


def moment(nanoseconds):
    return datetime.datetime.fromtimestamp(nanoseconds // 1_000_000 / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds").replace(
        "+00:00", "Z")
