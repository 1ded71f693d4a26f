"""A filesystem, directory or file of the lake: all that is known of it beside its bytes."""

from dataclasses import asdict, dataclass, field

from .leases import Lease

# How reply and request headers call the content properties, in both dialects' spellings.
CONTENT_PROPERTIES = ("content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "content-md5")
DEFAULT_CONTENT_TYPE = "application/octet-stream"
SUPERUSER = "$superuser"
FILE_PERMISSIONS, DIRECTORY_PERMISSIONS = "rw-r-----", "rwxr-x---"


@dataclass
class Node:
    """`children` is None for files. `size` is that of the committed bytes; what the file on disk has more is nobody's."""

    id: str
    etag: str
    created: float
    modified: float
    size: int = 0
    content: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    owner: str = SUPERUSER
    group: str = SUPERUSER
    permissions: str = FILE_PERMISSIONS
    acl: str = ""
    expires: float = None
    # Written at the blob endpoint: the dfs endpoint cannot append to it.
    made_as_blob: bool = False
    # [[block id, bytes], ...] when the file was made by Put Block List.
    blocks: list = field(default_factory=list)
    lease: Lease = field(default_factory=Lease)
    children: dict = None

    @property
    def is_directory(self):
        return self.children is not None

    @property
    def quoted_etag(self):
        return f'"{self.etag}"'

    @property
    def content_type(self):
        return self.content.get("content-type") or DEFAULT_CONTENT_TYPE

    def document(self):
        """What is kept on disk; the children have documents of their own."""
        values = {name: value for name, value in self.__dict__.items() if name not in ("children", "lease")}
        return {**values, "is_directory": self.is_directory, "lease": asdict(self.lease)}

    @classmethod
    def from_document(cls, document):
        values = {name: value for name, value in document.items() if name != "is_directory"}
        values["lease"] = Lease(**document["lease"])
        return cls(**values, children={} if document["is_directory"] else None)
