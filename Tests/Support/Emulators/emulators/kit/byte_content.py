"""The bytes of a stored file: in memory, on disk, or made while they are read."""

import hashlib
import os
import random
import threading

BLOCK_BYTES = 1 << 16
# Noise that all generated contents cut their blocks from.
NOISE = random.Random("noise").getrandbits(BLOCK_BYTES * 8).to_bytes(BLOCK_BYTES, "big")


class ByteContent:
    """Bytes of a known size, read in stretches; each digest is taken once, when first asked for."""

    def __init__(self, size):
        self.size = size
        self._digests = {}
        self._lock = threading.Lock()

    def read(self, start, length):
        raise NotImplementedError

    def blocks(self, start, length, block_bytes=BLOCK_BYTES):
        """The stretch [start, start + length) in blocks."""
        end = min(start + length, self.size)
        while start < end:
            block = self.read(start, min(block_bytes, end - start))
            yield block
            start += len(block)

    def digest(self, name):
        """Lower-case hex of md5, sha1 or sha256."""
        with self._lock:
            if name not in self._digests:
                made = hashlib.new(name, usedforsecurity=False)
                for block in self.blocks(0, self.size):
                    made.update(block)
                self._digests[name] = made.hexdigest()
            return self._digests[name]


class MemoryContent(ByteContent):
    def __init__(self, data):
        super().__init__(len(data))
        self.data = data

    def read(self, start, length):
        return self.data[start:start + length]


class DiskContent(ByteContent):
    """A file that nobody changes while the service runs."""

    def __init__(self, path):
        self.path = os.fspath(path)
        super().__init__(os.stat(self.path).st_size)

    def read(self, start, length):
        with open(self.path, "rb") as file:
            file.seek(start)
            data = file.read(length)
        if not data and length:
            raise OSError(f"{self.path} became shorter")
        return data


class GeneratedContent(ByteContent):
    """Any number of bytes without holding them: no two blocks are alike, and no two seeds."""

    def __init__(self, size, seed):
        super().__init__(size)
        self._seed = str(seed).encode()

    def read(self, start, length):
        number, offset = divmod(start, BLOCK_BYTES)
        stamp = hashlib.sha256(b"%s %d" % (self._seed, number)).digest()
        turn = int.from_bytes(stamp[:2], "big")
        block = stamp + NOISE[turn:] + NOISE[:turn]
        return block[offset:min(offset + length, BLOCK_BYTES, offset + self.size - start)]
