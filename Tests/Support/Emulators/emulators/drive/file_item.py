"""What the emulator holds: files, folders, shortcuts, their revisions, and shared drives."""

from dataclasses import dataclass, field

from ..kit.byte_content import ByteContent
from . import mime_types


@dataclass
class Revision:
    """One content of a blob; ids are what headRevisionId says."""

    id: str
    content: ByteContent
    modified: float
    mime_type: str


@dataclass
class Item:
    """A file, a folder or a shortcut. `flags` are the oddities that a test may set (tree_changes.FLAGS)."""

    id: str
    name: str
    mime_type: str
    parent_id: str = None
    drive_id: str = None
    owner: str = None
    created: float = 0.0
    modified: float = 0.0
    version: int = 1
    trashed: bool = False
    starred: bool = False
    revisions: list = field(default_factory=list)
    # A Google Sheet: the workbook that an export gives, and its rows if it was made from rows.
    workbook: bytes = None
    rows: dict = None
    target_id: str = None
    target_mime_type: str = None
    target_resource_key: str = None
    # Direct shares, address -> role, and what anybody with the link may do.
    shares: dict = field(default_factory=dict)
    link_role: str = None
    resource_key: str = None
    properties: dict = field(default_factory=dict)
    app_properties: dict = field(default_factory=dict)
    flags: set = field(default_factory=set)

    @property
    def is_folder(self):
        return self.mime_type == mime_types.FOLDER

    @property
    def is_blob(self):
        return bool(self.revisions)

    @property
    def head(self):
        return self.revisions[-1]

    def revision(self, revision_id):
        return next((each for each in self.revisions if each.id == revision_id), None)


@dataclass
class SharedDrive:
    """Its id is the id of its root folder."""

    id: str
    name: str
    created: float
    members: dict = field(default_factory=dict)
    hidden_by: set = field(default_factory=set)
