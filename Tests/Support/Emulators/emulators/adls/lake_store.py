"""The hierarchical namespace: filesystems, directories and files, in memory and on disk alike. Callers hold `lock`."""

import copy
import re
import secrets
import threading

from .adls_errors import ADLSError
from .etags import ETags
from .lake_files import HIDDEN, LakeFiles, pieces_of, segments_of
from .lake_node import DIRECTORY_PERMISSIONS, FILE_PERMISSIONS, Node

FILESYSTEM_NAME = re.compile(r"(?!.*--)[$a-z0-9][-a-z0-9]{1,61}[a-z0-9]")


class LakeStore:
    """`hierarchical` is False for a flat account: directories are only parts of names there."""

    def __init__(self, root, clock, hierarchical=True):
        self.lock = threading.RLock()
        self.hierarchical = hierarchical
        self._clock = clock
        self._etags = ETags(clock)
        self.files = LakeFiles(root)
        self.filesystems = {}
        for place in sorted(self.files.root.iterdir()):
            if place.is_dir() and place.name != HIDDEN:
                self.filesystems[place.name] = self._loaded([place.name], place)

    def _loaded(self, segments, place):
        document = self.files.document(segments)
        # What was changed by hand so much that the document cannot be right is new.
        if document is not None and document["is_directory"] == place.is_dir() and document["size"] <= place.stat().st_size:
            node = Node.from_document(document)
        else:
            node = self._new_node(place.is_dir())
            node.size = 0 if place.is_dir() else place.stat().st_size
            node.modified = int(place.stat().st_mtime)
            self.files.save(segments, node.document())
        if node.is_directory:
            node.children = {each.name: self._loaded([*segments, each.name], each) for each in place.iterdir()}
        return node

    def _new_node(self, is_directory):
        now = self._clock.now()
        return Node(secrets.token_hex(16), self._etags.new(), now, now, children={} if is_directory else None,
                    permissions=DIRECTORY_PERMISSIONS if is_directory else FILE_PERMISSIONS)

    def save(self, segments, node, changed=True):
        """Keeps what was changed of a node; `changed` gives it a new ETag and time."""
        if changed:
            node.etag, node.modified = self._etags.new(), self._clock.now()
        self.files.save(segments, node.document())

    # ---- Filesystems

    def filesystem(self, name):
        node = self.filesystems.get(name)
        if node is None:
            raise ADLSError("FilesystemNotFound")
        return node

    def create_filesystem(self, name, metadata=None):
        if not FILESYSTEM_NAME.fullmatch(name):
            raise ADLSError("InvalidResourceName")
        if name in self.filesystems:
            raise ADLSError("FilesystemAlreadyExists")
        node = self._new_node(True)
        node.metadata = metadata or {}
        self.files.make_directory([name])
        self.save([name], node, changed=False)
        self.filesystems[name] = node
        return node

    def delete_filesystem(self, name):
        for _, node in self.walk(self.filesystem(name), ""):
            self.files.forget_appended(node.id)
        self.files.remove([name])
        del self.filesystems[name]

    # ---- Paths

    def find(self, filesystem, path):
        """The node, or None. The filesystem must exist. What has expired is gone."""
        node = self.filesystem(filesystem)
        for segment in segments_of(path):
            node = node.children.get(segment) if node.is_directory else None
            if node is None:
                return None
        if node.expires is not None and node.expires <= self._clock.now():
            self.delete(filesystem, path)
            return None
        return node

    def parent_of(self, filesystem, path, make=False):
        """The directory that a path is to stand in; made on the way if asked. PathConflict when a file is in the way."""
        node, done = self.filesystem(filesystem), [filesystem]
        for segment in segments_of(path)[:-1]:
            done.append(segment)
            child = node.children.get(segment)
            if child is None:
                if not make:
                    return None
                child = self._new_node(True)
                self.files.make_directory(done)
                self.save(done, child, changed=False)
                node.children[segment] = child
            if not child.is_directory:
                raise ADLSError("PathConflict")
            node = child
        return node

    def create(self, filesystem, path, is_directory=False, pieces=()):
        """A new node in place of what is there, with these bytes; nothing of the old one is left. The caller saves it."""
        segments = [filesystem, *segments_of(path)]
        if len(segments) < 2:
            raise ADLSError("InvalidUri")
        parent = self.parent_of(filesystem, path, make=True)
        old = parent.children.get(segments[-1])
        if old is not None and (old.is_directory or is_directory):
            raise ADLSError("ResourceTypeMismatch")
        node = self._new_node(is_directory)
        if is_directory:
            self.files.make_directory(segments)
        else:
            node.size = self.files.put(segments, pieces)
        if old is not None:
            self.files.forget_appended(old.id)
        parent.children[segments[-1]] = node
        return node

    def delete(self, filesystem, path):
        """Removes a path with all that is below it."""
        segments = [filesystem, *segments_of(path)]
        for _, node in self.walk(self.parent_of(filesystem, path).children[segments[-1]], ""):
            self.files.forget_appended(node.id)
        self.files.remove(segments)
        del self.parent_of(filesystem, path).children[segments[-1]]
        self._prune(filesystem, segments[1:-1])

    def _prune(self, filesystem, segments):
        """A flat account has no directory in which nothing is."""
        if not self.hierarchical and segments and not self.find(filesystem, "/".join(segments)).children:
            self.delete(filesystem, "/".join(segments))

    def move(self, source, destination):
        """Renames in one step: (filesystem, path) to (filesystem, path). The node keeps its ETag."""
        old, new = [source[0], *segments_of(source[1])], [destination[0], *segments_of(destination[1])]
        parent = self.parent_of(*destination)
        replaced = parent.children.pop(new[-1], None)
        if replaced is not None:
            self.files.forget_appended(replaced.id)
            self.files.remove(new)
        self.files.move(old, new)
        node = self.parent_of(*source).children.pop(old[-1])
        parent.children[new[-1]] = node
        self._prune(source[0], old[1:-1])
        return node

    def copy_pieces(self, filesystem, path, node, start=0, length=None):
        return pieces_of(self.files.place([filesystem, *segments_of(path)]), start, node.size if length is None else length)

    def duplicate_properties(self, source, target):
        """Gives a file what is known of another one."""
        target.content, target.metadata = dict(source.content), dict(source.metadata)
        target.blocks = copy.deepcopy(source.blocks)

    def walk(self, node, path):
        """(path, node) of all below a node and of itself, in the order of names in each directory."""
        yield path, node
        if node.is_directory:
            for name in sorted(node.children):
                yield from self.walk(node.children[name], f"{path}/{name}" if path else name)
