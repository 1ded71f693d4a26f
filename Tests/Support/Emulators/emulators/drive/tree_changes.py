"""What people do with their files: the operations of scripts and of POST /_admin/changes. README.md has the list."""

import base64
import contextlib

from ..kit import draws
from ..kit.byte_content import DiskContent, GeneratedContent, MemoryContent
from ..kit.moving_clock import parse_rfc3339
from . import drive_access, mime_types, sheet_export
from .change_journal import DRIVE, FILE
from .file_item import Item, Revision

FLAGS = {"no_download", "readers_cannot_download", "abusive", "client_encrypted", "no_sha", "no_revisions", "hidden_from_search"}
CONTENT_KEYS = {"text", "base64", "path", "generate"}
PLACE_KEYS = {"name", "parent", "id", "created_time", "modified_time", "flags", "properties", "owner"}
# Each operation and what it may say.
OPERATIONS = {
    "folder": PLACE_KEYS,
    "file": PLACE_KEYS | CONTENT_KEYS | {"mime_type"},
    "sheet": PLACE_KEYS | CONTENT_KEYS | {"rows"},
    "native": PLACE_KEYS | {"mime_type"},
    "shortcut": PLACE_KEYS | {"target", "target_resource_key"},
    "drive": {"name", "id", "members"},
    "write": CONTENT_KEYS | {"item", "rows", "modified_time"},
    "touch": {"item"},
    "rename": {"item", "name"},
    "move": {"item", "parent"},
    "trash": {"item"},
    "untrash": {"item"},
    "delete": {"item"},
    "star": {"item", "starred"},
    "mark": {"item", "flags"},
    "share": {"item", "address", "role"},
    "unshare": {"item", "address"},
    "link": {"item", "role", "resource_key"},
    "member": {"drive", "address", "role"},
}


class TreeChanges:
    """Applies operations one by one. ValueError says what cannot be done; what came before it stays done."""

    def __init__(self, tree, main_folder):
        self._tree = tree
        self.main_folder = main_folder

    def apply(self, scripts):
        """The operations with the ids that they concern."""
        with self._tree.lock:
            return [self._apply(script) for script in scripts]

    def _apply(self, script):
        name = script.get("op")
        if name not in OPERATIONS:
            raise ValueError(f"no such operation: {name!r} (there are {', '.join(OPERATIONS)})")
        unknown = set(script) - OPERATIONS[name] - {"op"}
        if unknown:
            raise ValueError(f"{name} has no {', '.join(sorted(unknown))}")
        return {"op": name, "id": getattr(self, f"_{name}")(script)}

    # ---- New items

    def _folder(self, script):
        return self._add(script, mime_types.FOLDER)

    def _native(self, script):
        return self._add(script, script["mime_type"])

    def _file(self, script):
        content = content_of(script)
        mime_type = script.get("mime_type") or mime_types.guessed(script["name"])
        return self._add(script, mime_type, lambda item: self._revise(item, content, item.modified))

    def _sheet(self, script):
        rows, workbook = sheet_content(script)
        return self._add(script, mime_types.SHEET, lambda item: vars(item).update(rows=rows, workbook=workbook))

    def _shortcut(self, script):
        target = self._find(script["target"], missing_ok=True)
        return self._add(script, mime_types.SHORTCUT, lambda item: vars(item).update(
            target_id=target.id if target else script["target"], target_mime_type=target.mime_type if target else mime_types.BINARY,
            target_resource_key=script.get("target_resource_key")))

    def _add(self, script, mime_type, fill=lambda item: None):
        tree = self._tree
        parent = self._find(script.get("parent", self.main_folder.id))
        if not parent.is_folder:
            raise ValueError(f"{parent.id} is no folder")
        now = tree.clock.now()
        modified = parse_rfc3339(script["modified_time"]) if "modified_time" in script else now
        created = parse_rfc3339(script["created_time"]) if "created_time" in script else min(now, modified)
        item = Item(script.get("id") or tree.new_id(), script["name"], mime_type, parent.id, parent.drive_id, script.get("owner"),
                    created, modified, properties=dict(script.get("properties", {})))
        self._set_flags(item, script.get("flags", ()))
        fill(item)
        tree.add(item)
        tree.journal.record(FILE, item.id, now, drive_access.viewers(tree, item), {item.drive_id})
        return item.id

    def _drive(self, script):
        tree = self._tree
        drive = tree.make_drive(script.get("id"), script["name"], script.get("members", {}))
        tree.journal.record(DRIVE, drive.id, drive.created, set(drive.members), {drive.id})
        return drive.id

    # ---- Changes of items

    def _write(self, script):
        with self._changing(script) as item:
            now = self._tree.clock.now()
            modified = parse_rfc3339(script["modified_time"]) if "modified_time" in script else now
            if item.mime_type == mime_types.SHEET:
                item.rows, item.workbook = sheet_content(script)
            elif item.is_blob:
                self._revise(item, content_of(script), modified)
            else:
                raise ValueError(f"{item.id} has no content")
            item.modified = modified
        return item.id

    def _touch(self, script):
        """A change that nobody sees: only the version grows."""
        with self._changing(script) as item:
            return item.id

    def _rename(self, script):
        with self._changing(script) as item:
            item.name = script["name"]
        return item.id

    def _move(self, script):
        parent = self._find(script["parent"])
        with self._changing(script) as item:
            if not parent.is_folder or any(each is item for each in self._tree.lineage(parent)):
                raise ValueError(f"{item.id} cannot go into {parent.id}")
            self._tree.move(item, parent.id)
        return item.id

    def _trash(self, script):
        with self._changing(script) as item:
            item.trashed = True
        return item.id

    def _untrash(self, script):
        with self._changing(script) as item:
            item.trashed = False
        return item.id

    def _delete(self, script):
        """For good. Only the item itself is told in the journal, as with every change of a folder."""
        tree = self._tree
        item = self._find(script["item"])
        if item.parent_id is None or item is self.main_folder:
            raise ValueError(f"{item.id} is a root")
        tree.journal.record(FILE, item.id, tree.clock.now(), drive_access.viewers(tree, item), {item.drive_id})
        tree.remove(item)
        return item.id

    def _star(self, script):
        with self._changing(script) as item:
            item.starred = bool(script.get("starred", True))
        return item.id

    def _mark(self, script):
        with self._changing(script) as item:
            self._set_flags(item, script["flags"])
        return item.id

    def _share(self, script):
        if script["role"] not in drive_access.RANK:
            raise ValueError(f"no such role: {script['role']}")
        with self._changing(script) as item:
            item.shares[script["address"]] = script["role"]
        return item.id

    def _unshare(self, script):
        with self._changing(script) as item:
            item.shares.pop(script["address"], None)
        return item.id

    def _link(self, script):
        with self._changing(script) as item:
            item.link_role, item.resource_key = script.get("role"), script.get("resource_key")
        return item.id

    def _member(self, script):
        """role null ends the membership."""
        tree = self._tree
        drive = tree.drives[script["drive"]]
        seen = set(drive.members) | {script["address"]}
        if script.get("role"):
            drive.members[script["address"]] = script["role"]
        else:
            drive.members.pop(script["address"], None)
        tree.journal.record(DRIVE, drive.id, tree.clock.now(), seen, {drive.id})
        return drive.id

    # ---- Help

    @contextlib.contextmanager
    def _changing(self, script):
        """The item of an operation; afterwards its version has grown and the journal knows, for all who see it before or after."""
        tree = self._tree
        item = self._find(script["item"])
        seen, drives = drive_access.viewers(tree, item), {item.drive_id}
        yield item
        item.version += 1
        tree.journal.record(FILE, item.id, tree.clock.now(), seen | drive_access.viewers(tree, item), drives | {item.drive_id})

    def _find(self, place, missing_ok=False):
        """An item by id, or by a path from the main folder when it begins with a slash."""
        if place.startswith("/"):
            return self._tree.at_path(self.main_folder, place)
        item = self._tree.get(place)
        if item is None and not missing_ok:
            raise ValueError(f"no item {place!r}")
        return item

    def _revise(self, item, content, modified):
        number = len(item.revisions) + 1
        revision_id = "0B" + draws.identifier(50, self._tree.seed, item.id, number)
        item.revisions.append(Revision(revision_id, content, modified, item.mime_type))

    def _set_flags(self, item, flags):
        unknown = set(flags) - FLAGS
        if unknown:
            raise ValueError(f"no such flag: {', '.join(sorted(unknown))} (there are {', '.join(sorted(FLAGS))})")
        item.flags = set(flags)


def content_of(script):
    """The content that an operation gives; empty when it gives none."""
    given = CONTENT_KEYS & set(script)
    if len(given) > 1:
        raise ValueError(f"content by {' and '.join(sorted(given))}")
    if "text" in script:
        return MemoryContent(script["text"].encode("utf-8"))
    if "base64" in script:
        return MemoryContent(base64.b64decode(script["base64"], validate=True))
    if "path" in script:
        return DiskContent(script["path"])
    if "generate" in script:
        return GeneratedContent(int(script["generate"]["bytes"]), script["generate"].get("seed", 1))
    return MemoryContent(b"")


def sheet_content(script):
    """(rows or None, workbook) of a Sheet: {"rows": {"Sheet1": [["a", 1], ...]}} or a workbook as content."""
    if "rows" in script:
        return script["rows"], sheet_export.workbook(script["rows"])
    content = content_of(script)
    return None, sheet_export.check_workbook(content.read(0, content.size))
