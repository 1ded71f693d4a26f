"""A request as the services see it, and the reply that they give."""

import gzip
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from .byte_content import ByteContent, MemoryContent

JSON_TYPE = "application/json; charset=UTF-8"
GZIP_LEVEL = 1


class Query:
    """Query or form parameters. Of a repeated one the first counts, as Google's services read them."""

    def __init__(self, text):
        self.pairs = parse_qsl(text, keep_blank_values=True)

    def get(self, name, default=None):
        return next((value for key, value in self.pairs if key == name), default)

    def __contains__(self, name):
        return any(key == name for key, _ in self.pairs)

    def names(self):
        return list(dict.fromkeys(key for key, _ in self.pairs))


@dataclass
class Request:
    """One request: what came over the wire, then what the service made of it."""

    method: str
    target: str
    headers: dict
    body: bytes = b""
    connection: int = 0
    # The service's name for it (`files.list`), the id that it is about, and who asked: for log and faults.
    operation: str = ""
    subject: str = ""
    principal: str = ""
    # Faults that the service itself plays, by kind.
    tweaks: dict = field(default_factory=dict)
    # What the service wants to have in the log.
    notes: dict = field(default_factory=dict)

    def __post_init__(self):
        self.path, _, text = self.target.partition("?")
        self.query = Query(text)
        self.parts = [unquote(part) for part in self.path.split("/")[1:]]

    def header(self, name, default=""):
        return self.headers.get(name.lower(), default)

    def json(self):
        """The body as JSON; ValueError when it is none."""
        return json.loads(self.body.decode("utf-8")) if self.body else {}

    def form(self):
        return Query(self.body.decode("utf-8", "replace"))


@dataclass
class Reply:
    """Status, headers and a stretch of content. Chunked replies tell no length."""

    status: int
    headers: dict = field(default_factory=dict)
    content: ByteContent = field(default_factory=lambda: MemoryContent(b""))
    start: int = 0
    length: int = None
    chunked: bool = False

    def __post_init__(self):
        if self.length is None:
            self.length = self.content.size - self.start


def bytes_reply(status, data, content_type, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"Content-Type": content_type, **named}, MemoryContent(data))


def json_reply(status, value, headers=None, indent=2):
    text = json.dumps(value, ensure_ascii=False, indent=indent or None, separators=None if indent else (",", ":"))
    data = (text + ("\n" if indent else "")).encode("utf-8")
    return Reply(status, {"Content-Type": JSON_TYPE, **(headers or {})}, MemoryContent(data))


def compressed(reply):
    """The same reply with its content in gzip."""
    data = gzip.compress(reply.content.read(reply.start, reply.length), GZIP_LEVEL, mtime=0)
    headers = {**reply.headers, "Content-Encoding": "gzip", "Vary": "Origin, X-Origin, Accept-Encoding"}
    return Reply(reply.status, headers, MemoryContent(data), chunked=reply.chunked)
