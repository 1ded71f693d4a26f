"""Put Block, Put Block List, Get Block List: blocks that are nobody's until a list names them."""

import base64
import binascii
import xml.etree.ElementTree
from xml.sax.saxutils import escape

from .adls_errors import ADLSError
from .lake_files import segments_of
from .lake_headers import tag
from .lake_listing import xml_reply

MOST_BLOCK_ID_BYTES = 64
MOST_BLOCKS = 50_000
KINDS = ("Committed", "Uncommitted", "Latest")


class BlobBlocks:
    def __init__(self, store):
        self._store = store

    def keep(self, place, data):
        block_id = place.parameter("blockid")
        try:
            length = len(base64.b64decode(block_id, validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if not 0 < length <= MOST_BLOCK_ID_BYTES:
            raise ADLSError("InvalidQueryParameterValue", "blockid must be base64 of 1 to 64 bytes.")
        if not data:
            raise ADLSError("InvalidHeaderValue", "A block needs at least one byte.")
        segments = self._segments(place)
        # All ids of a blob must be of one length.
        if any(len(each) != len(block_id) for each in self._store.files.blocks(segments)):
            raise ADLSError("InvalidBlobOrBlock")
        self._store.files.keep_block(segments, block_id, data)

    def chosen(self, place, node, document):
        """[(block id, bytes, where: None among the uncommitted ones, else the offset in the committed bytes)] of a list."""
        try:
            root = xml.etree.ElementTree.fromstring(document)
        except xml.etree.ElementTree.ParseError:
            raise ADLSError("InvalidXmlDocument") from None
        uncommitted = self._store.files.blocks(self._segments(place))
        committed, offset = {}, 0
        for block_id, size in node.blocks if node is not None else []:
            committed.setdefault(block_id, (size, offset))
            offset += size
        found = []
        for element in root:
            block_id = (element.text or "").strip()
            if element.tag not in KINDS or len(found) >= MOST_BLOCKS:
                raise ADLSError("InvalidBlockList")
            if element.tag != "Committed" and block_id in uncommitted:
                found.append((block_id, uncommitted[block_id], None))
            elif element.tag != "Uncommitted" and block_id in committed:
                found.append((block_id, *committed[block_id]))
            else:
                raise ADLSError("InvalidBlockList")
        return found

    def pieces(self, place, chosen):
        """The bytes of a chosen list; the committed ones are read while the old file is still there."""
        segments = self._segments(place)
        for block_id, size, offset in chosen:
            if offset is None:
                yield from self._store.files.block_pieces(segments, block_id)
            else:
                yield from self._store.copy_pieces(place.filesystem, place.path, None, offset, size)

    def listed(self, place, node, now):
        kind = place.parameter("blocklisttype", "committed").lower()
        committed = node.blocks if node is not None else []
        uncommitted = sorted(self._store.files.blocks(self._segments(place)).items())
        if node is None and not uncommitted:
            raise ADLSError("PathNotFound")
        body = ""
        for name, blocks in (("CommittedBlocks", committed), ("UncommittedBlocks", uncommitted)):
            if kind in (name[:-len("Blocks")].lower(), "all"):
                body += f"<{name}>" + "".join(f"<Block><Name>{escape(block_id)}</Name><Size>{size}</Size></Block>"
                                              for block_id, size in blocks) + f"</{name}>"
        headers = {**tag(node), "x-ms-blob-content-length": str(node.size)} if node is not None else {"x-ms-blob-content-length": "0"}
        return xml_reply(f"<BlockList>{body}</BlockList>", headers=headers)

    def _segments(self, place):
        return [place.filesystem, *segments_of(place.path)]
