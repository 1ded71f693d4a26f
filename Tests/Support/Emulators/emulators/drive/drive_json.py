"""JSON as Google's front end writes it: two spaces deep, and more characters escaped than JSON asks for."""

import json
import re

from ..kit.http_messages import JSON_TYPE, Reply, compressed
from ..kit.byte_content import MemoryContent

# Written as \\uXXXX by Google's serializer, though JSON would allow them as they are.
ESCAPED = re.compile("[<>\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")


def text(value, pretty=True):
    """`pretty` bodies end with a newline, compact ones do not."""
    if pretty:
        written = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    else:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", written)


def reply(request, status, value, pretty=True, headers=None):
    """The JSON reply; in gzip when both Accept-Encoding and User-Agent name gzip, as Google asks for."""
    content = MemoryContent(text(value, pretty).encode("utf-8", "surrogatepass"))
    made = Reply(status, {"Content-Type": JSON_TYPE, "Cache-Control": "no-cache", **(headers or {})}, content)
    if "gzip" in request.header("accept-encoding") and "gzip" in request.header("user-agent"):
        request.notes["gzip"] = True
        return compressed(made)
    return made
