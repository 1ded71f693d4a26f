"""All files by id, who their children are, and the journal of what changed. One lock guards it all."""

import threading
from collections import deque

from ..kit import draws
from . import mime_types
from .change_journal import ChangeJournal
from .file_item import Item, SharedDrive

ID_LENGTH = 33
ROOT_ALIAS = "root"


class FileTree:
    def __init__(self, clock, seed):
        self.clock = clock
        self.seed = seed
        self.items = {}
        self.drives = {}
        self.roots = {}
        self.lock = threading.RLock()
        self.journal = ChangeJournal()
        self._children = {}
        self._made = 0

    def new_id(self, prefix="1", length=ID_LENGTH):
        """An id that nothing has; the same ones for the same seed in the same order."""
        while True:
            self._made += 1
            item_id = prefix + draws.identifier(length - len(prefix), self.seed, "id", self._made)
            if item_id not in self.items:
                return item_id

    def root_of(self, principal):
        """The id of somebody's My Drive, made when first asked for."""
        if principal not in self.roots:
            root = Item(self.new_id("0A", 19), "My Drive", mime_types.FOLDER, owner=principal, created=self.clock.now())
            root.modified = root.created
            self.add(root)
            self.roots[principal] = root.id
        return self.roots[principal]

    def resolve(self, item_id, principal):
        """`root` is an alias for the caller's own root."""
        return self.root_of(principal) if item_id == ROOT_ALIAS else item_id

    def get(self, item_id):
        return self.items.get(item_id)

    def add(self, item):
        if item.id in self.items:
            raise ValueError(f"there is an item {item.id}")
        self.items[item.id] = item
        self._children[item.id] = {}
        if item.parent_id is not None:
            self._children[item.parent_id][item.id] = None

    def add_drive(self, drive):
        self.drives[drive.id] = drive
        root = Item(drive.id, drive.name, mime_types.FOLDER, drive_id=drive.id, created=drive.created, modified=drive.created)
        self.add(root)

    def make_drive(self, drive_id, name, members):
        drive = SharedDrive(drive_id or self.new_id("0A", 19), name, self.clock.now(), dict(members))
        self.add_drive(drive)
        return drive

    def children(self, item_id):
        """In the order in which they came."""
        return [self.items[child] for child in self._children.get(item_id, ())]

    def move(self, item, parent_id):
        self._children[item.parent_id].pop(item.id)
        item.parent_id = parent_id
        self._children[parent_id][item.id] = None
        drive_id = self.items[parent_id].drive_id
        for each in self.subtree(item):
            each.drive_id = drive_id

    def remove(self, item):
        """Deletes an item for good, with all below it."""
        gone = list(self.subtree(item))
        self._children[item.parent_id].pop(item.id)
        for each in gone:
            del self.items[each.id]
            del self._children[each.id]
        return gone

    def subtree(self, item):
        """The item, then all below it."""
        waiting = deque([item])
        while waiting:
            each = waiting.popleft()
            yield each
            waiting.extend(self.children(each.id))

    def lineage(self, item):
        """The item, its parent, and so on up to a root."""
        while item is not None:
            yield item
            item = self.items.get(item.parent_id)

    def is_trashed(self, item):
        return any(each.trashed for each in self.lineage(item))

    def path(self, item):
        """Names from below the root, joined by slashes: for people, since names may hold slashes."""
        names = [each.name for each in self.lineage(item)]
        return "/".join(reversed(names[:-1]))

    def at_path(self, folder, path):
        """The item at a path below a folder; ValueError when there is none, or more than one."""
        for name in filter(None, path.split("/")):
            found = [child for child in self.children(folder.id) if child.name == name]
            if len(found) != 1:
                raise ValueError(f"{len(found)} items called {name!r} in {folder.name!r}")
            folder = found[0]
        return folder
