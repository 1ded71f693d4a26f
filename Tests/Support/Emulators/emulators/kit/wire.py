"""Writes a reply to the socket, well or badly: slow, stalled, cut, corrupted, reset. One place knows how replies break."""

import os
import socket
import struct
import time
from collections import deque
from http.client import responses

from . import draws

SLOW_STEPS_PER_SECOND = 20
LONGEST_STALL_SECONDS = 600
# What was written before a reset should reach the peer first: a reset drops what is still queued.
RESET_PAUSE_SECONDS = 0.02


class WireBreak(Exception):
    """The connection is over: by a scripted fault, or because the peer went away. `reset`: it shall end with RST."""

    def __init__(self, reset=False):
        super().__init__()
        self.reset = reset


def reset(connection):
    """Ends a TCP connection with RST."""
    try:
        time.sleep(RESET_PAUSE_SECONDS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The handler's files hold references that would keep the socket open behind close().
        os.close(connection.detach())
    except OSError:
        pass


def position(action, length):
    """The byte of the body at which a fault strikes: half way unless told."""
    if "after_bytes" in action:
        return min(int(action["after_bytes"]), length)
    return int(length * float(action.get("after_fraction", 0.5)))


class Sender:
    """Sends one reply. `sent` counts body bytes handed to the socket, `status` is None until the head is out.

    `whole` is called just before the last bytes of a whole reply leave: who has a reply finds it in the log.
    """

    def __init__(self, connection, holds, seed, progress=lambda **_: None, whole=lambda sender: None):
        self._connection = connection
        self._holds = holds
        self._seed = seed
        self._progress = progress
        self._whole = whole
        self.sent = 0
        self.status = None

    def send(self, reply, actions, head_only=False):
        """Raises WireBreak when the connection cannot carry another reply."""
        kinds = {action["kind"]: action for action in actions}
        length = reply.length
        if "truncate" in kinds:
            length = position(kinds["truncate"], reply.length)
        # A truncation is honest when the head tells the whole length, so that the peer can notice.
        honest = kinds.get("truncate", {}).get("honest", True)
        cut = honest and length < reply.length
        # Head and the first block leave together: one packet for small replies.
        data = self._head(reply, reply.length if honest else length)
        for block, last in [(b"", True)] if head_only else self._blocks(reply, length, kinds):
            self.status = reply.status
            self.sent += len(block)
            data += self._framed(reply, block)
            if last and not cut:
                data += b"0\r\n\r\n" if reply.chunked and not head_only else b""
                self._whole(self)
            self._write(data)
            data = b""
        if cut:
            raise WireBreak

    def _head(self, reply, length):
        lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        if reply.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif reply.status not in (204, 304):
            lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _framed(self, reply, block):
        if not reply.chunked or not block:
            return block
        return f"{len(block):x}\r\n".encode() + block + b"\r\n"

    def _blocks(self, reply, length, kinds):
        """(block, whether it is the last), with what the faults do on the way."""
        rate = kinds["slow"]["bytes_per_second"] if "slow" in kinds else None
        block_bytes = max(1, int(rate / SLOW_STEPS_PER_SECOND)) if rate else 1 << 16
        flips = self._flips(reply, kinds)
        stops = [(position(kinds[kind], reply.length), kind) for kind in ("reset", "stall") if kind in kinds]
        # At the latest before the last byte: behind it nobody would notice.
        stops = deque(sorted((min(place, max(length - 1, 0)), kind) for place, kind in stops))
        done, ended = 0, False
        for block in reply.content.blocks(reply.start, length, block_bytes):
            block = flipped(block, done, flips)
            while stops and stops[0][0] < done + len(block):
                place, kind = stops.popleft()
                yield block[:place - done], False
                block, done = block[place - done:], place
                self._stop(kind, kinds)
            done += len(block)
            ended = done >= length and not stops
            yield block, ended
            if rate and done < length:
                time.sleep(len(block) / rate)
        for _, kind in stops:
            self._stop(kind, kinds)
        if not ended:
            yield b"", True

    def _stop(self, kind, kinds):
        if kind == "reset":
            raise WireBreak(reset=True)
        entered = self._holds.enter()
        self._progress(stalled=True, bytes=self.sent)
        seconds = min(float(kinds["stall"].get("seconds", LONGEST_STALL_SECONDS)), LONGEST_STALL_SECONDS)
        self._holds.wait(entered, seconds)
        self._progress(stalled=False)

    def _flips(self, reply, kinds):
        if "corrupt" not in kinds or not reply.length:
            return set()
        count = int(kinds["corrupt"].get("bytes", 1))
        return {draws.below(reply.length, self._seed, "corrupt", reply.length, number) for number in range(count)}

    def _write(self, data):
        if data:
            try:
                self._connection.sendall(data)
            except OSError as error:
                raise WireBreak from error


def flipped(block, start, places):
    """The block with every bit of the bytes at those places turned."""
    inside = [place - start for place in places if start <= place < start + len(block)]
    if not inside:
        return block
    changed = bytearray(block)
    for place in inside:
        changed[place] ^= 0xFF
    return bytes(changed)
