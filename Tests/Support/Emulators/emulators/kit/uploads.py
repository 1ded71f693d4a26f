"""Receives the body of a request badly: slow, stalled, or not to its end. One place knows how uploads break."""

import time

from . import wire

BLOCK_BYTES = 1 << 16


def received(stream, length, actions, holds, progress):
    """The whole body. Raises WireBreak where a fault resets the connection, ConnectionError when the client goes away."""
    kinds = {action["kind"]: action for action in actions}
    rate = kinds["slow_upload"]["bytes_per_second"] if "slow_upload" in kinds else None
    most = max(1, int(rate / wire.SLOW_STEPS_PER_SECOND)) if rate else BLOCK_BYTES
    # At the latest before the last byte: behind it the request would be whole.
    stops = sorted((min(wire.position(kinds[kind], length), max(length - 1, 0)), kind)
                   for kind in ("reset_upload", "stall_upload") if kind in kinds)
    data = bytearray()
    while len(data) < length:
        while stops and stops[0][0] <= len(data):
            stop(stops.pop(0)[1], kinds, holds, progress)
        end = stops[0][0] if stops else length
        block = stream.read(min(most, end - len(data)))
        if not block:
            raise ConnectionError("the request was cut")
        data += block
        progress(received=len(data))
        if rate:
            time.sleep(len(block) / rate)
    return bytes(data)


def stop(kind, kinds, holds, progress):
    if kind == "reset_upload":
        raise wire.WireBreak(reset=True)
    entered = holds.enter()
    progress(stalled=True)
    holds.wait(entered, min(float(kinds[kind].get("seconds", wire.LONGEST_STALL_SECONDS)), wire.LONGEST_STALL_SECONDS))
    progress(stalled=False)
