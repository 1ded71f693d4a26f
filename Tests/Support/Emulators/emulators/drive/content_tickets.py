"""Content that waits under an address of its own: redirects to another host, and downloads that take their time."""

import itertools
from collections import OrderedDict
from dataclasses import dataclass

from ..kit import draws
from ..kit.byte_content import ByteContent

MOST_TICKETS = 10_000


@dataclass
class Ticket:
    """`principal` is None where the address alone is enough, as on Google's content hosts."""

    content: ByteContent
    mime_type: str
    chunked: bool
    principal: str = None
    subject: str = ""
    ready_after: int = 0


class ContentTickets:
    def __init__(self, seed):
        self._seed = seed
        self._tickets = OrderedDict()
        self._numbers = itertools.count(1)

    def put(self, ticket):
        name = draws.identifier(40, self._seed, "ticket", next(self._numbers))
        self._tickets[name] = ticket
        while len(self._tickets) > MOST_TICKETS:
            self._tickets.popitem(last=False)
        return name

    def get(self, name):
        return self._tickets.get(name)
