"""Random trees and random changes of them: the same ones for the same seed, with the names and shapes that trip clients up."""

import random

from . import mime_types
from .identities import PULLER

FILES_PER_FOLDER = 9
DEEPEST = 6
SHEET_SHARE, SHORTCUT_SHARE, NATIVE_SHARE, TRASHED_SHARE = 0.08, 0.03, 0.02, 0.03
WORDS = "Orders Sales Report Région 2026 Ürün Kunden 报表 Quarter old final copy items-v2 Lager O'Neil back\\slash Данные".split()
ODD_NAMES = [
    "a/b.xlsx", "..", ".", ".hidden.xlsx", " leading.xlsx", "trailing .xlsx ", "dots...", "CON.xlsx", "nul", "tab\there.xlsx",
    "line\nbreak.xlsx", "quote'quote.xlsx", 'double"quote.xlsx', "back\\slash.xlsx", "star*?.xlsx", "Cafe\u0301.xlsx", "Caf\u00e9.xlsx",
    "SAME.xlsx", "same.xlsx", "same.xlsx", "~$lock.xlsx", "x" * 240 + ".xlsx", "é" * 140 + ".xlsx", "😀 emoji.xlsx", "<tag>&amp;.csv",
    "zero\u200bwidth.xlsx", "right\u202eleft.xlsx", "#N/A.csv", "%41.csv", "a+b c.csv",
]
EXTENSIONS = ("xlsx", "xlsx", "xlsx", "xlsm", "csv", "txt", "XLSX", "bin")
NATIVE_TYPES = ("application/vnd.google-apps.document", "application/vnd.google-apps.form", "application/vnd.google-apps.drawing")


class Gardener:
    """Grows and changes a tree by lot."""

    def __init__(self, tree, changes, seed):
        self._tree = tree
        self._changes = changes
        self._random = random.Random(f"gardener {seed}")
        self._folders = [(changes.main_folder.id, 0)]

    def grow(self, files):
        """Adds so many files, sheets, shortcuts and documents, and the folders for them; part of it in a shared drive."""
        chance = self._random
        if files >= FILES_PER_FOLDER:
            drive = self._apply(op="drive", name="Team", members={PULLER: "reader"})
            self._folders.append((drive, 0))
        blobs = []
        for number in range(files):
            if chance.random() < 1 / FILES_PER_FOLDER:
                self._add_folder()
            parent = chance.choice(self._folders)[0]
            draw = chance.random()
            if draw < SHEET_SHARE:
                rows = {"Sheet1": [["id", "name"], [number, f"row {number}"]]}
                made = self._apply(op="sheet", name=self._name(""), parent=parent, rows=rows, modified_time=self._time())
            elif draw < SHEET_SHARE + SHORTCUT_SHARE:
                made = self._apply(op="shortcut", name=self._name(""), parent=parent, target=self._target(blobs))
            elif draw < SHEET_SHARE + SHORTCUT_SHARE + NATIVE_SHARE:
                made = self._apply(op="native", name=self._name(""), parent=parent, mime_type=chance.choice(NATIVE_TYPES))
            else:
                made = self._add_file(parent)
                blobs.append(made)
            if chance.random() < TRASHED_SHARE:
                self._apply(op="trash", item=made)
        if len(self._folders) > 6:
            self._apply(op="trash", item=chance.choice(self._folders[3:])[0])

    def churn(self, steps):
        """Changes of all kinds, each of something that is still there; what was done."""
        done = []
        for _ in range(steps):
            items = [item for item in self._tree.items.values() if item.parent_id and item is not self._changes.main_folder]
            folders = [item for item in items if item.is_folder] + [self._changes.main_folder]
            done.append(self._step(self._random.choice(items), self._random.choice(folders)))
        return [each for each in done if each]

    def _step(self, item, folder):
        chance = self._random
        kind = chance.choice(("write", "write", "write", "new", "new", "rename", "move", "trash", "untrash", "delete", "touch", "star"))
        if kind == "new":
            return {"op": "file", "id": self._add_file(folder.id)}
        if kind == "write" and item.is_blob:
            return self._done(op="write", item=item.id, generate=self._content())
        if kind == "write" and item.rows is not None:
            return self._done(op="write", item=item.id, rows={"Sheet1": [["id"], [chance.randrange(1000)]]})
        if kind == "move" and not any(each is item for each in self._tree.lineage(folder)):
            return self._done(op="move", item=item.id, parent=folder.id)
        if kind == "rename":
            return self._done(op="rename", item=item.id, name=self._name(mime_types.extension(item.name)))
        if kind == "delete" and item.is_folder and chance.random() < 0.7:
            # Too many deleted folders would leave nothing to change.
            return None
        return self._done(op=kind, item=item.id) if kind in ("trash", "untrash", "delete", "touch", "star") else None

    def _add_folder(self):
        parent, depth = self._random.choice([each for each in self._folders if each[1] < DEEPEST])
        made = self._apply(op="folder", name=self._name(""), parent=parent)
        self._folders.append((made, depth + 1))

    def _add_file(self, parent):
        return self._apply(op="file", name=self._name(self._random.choice(EXTENSIONS)), parent=parent, generate=self._content(),
                           modified_time=self._time())

    def _target(self, blobs):
        """A file, a folder (perhaps one above: a loop), or nothing that is there."""
        draw = self._random.random()
        if draw < 0.4 and blobs:
            return self._random.choice(blobs)
        return self._random.choice(self._folders)[0] if draw < 0.8 else "1" + "gone" * 8

    def _content(self):
        """Mostly small, now and then nothing at all, now and then more than one chunk."""
        draw = self._random.random()
        size = 0 if draw < 0.04 else int(self._random.expovariate(1 / 1_500)) if draw < 0.98 else self._random.randrange(60_000, 300_000)
        return {"bytes": size, "seed": self._random.randrange(1 << 30)}

    def _name(self, extension):
        if self._random.random() < 0.12:
            return self._random.choice(ODD_NAMES)
        name = " ".join(self._random.choice(WORDS) for _ in range(self._random.randrange(1, 4)))
        return f"{name}.{extension}" if extension else name

    def _time(self):
        month, day, hour, thousandths = (self._random.randrange(*limits) for limits in ((1, 11), (1, 29), (24,), (1000,)))
        return f"2026-{month:02d}-{day:02d}T{hour:02d}:15:30.{thousandths:03d}Z"

    def _apply(self, **script):
        return self._changes.apply([script])[0]["id"]

    def _done(self, **script):
        return self._changes.apply([script])[0]
