"""Page tokens of listings: opaque, bound to the question that they continue, and dead after some hours."""

from collections import OrderedDict
from dataclasses import dataclass

from ..kit import draws
from . import drive_errors

MOST_TOKENS = 10_000
LIFETIME_SECONDS = 4 * 3600


@dataclass(frozen=True)
class Page:
    """What is still to come of a listing."""

    question: tuple
    ids: tuple
    made: float


class PageTokens:
    def __init__(self, clock, seed):
        self._clock = clock
        self._seed = seed
        self._pages = OrderedDict()
        self._made = 0

    def token(self, question, ids):
        """A token for the rest of a listing, None when nothing is left and the listing is over."""
        self._made += 1
        text = "~!!~" + draws.identifier(60, self._seed, "page", self._made) + "="
        self._pages[text] = Page(question, tuple(ids), self._clock.now())
        while len(self._pages) > MOST_TOKENS:
            self._pages.popitem(last=False)
        return text

    def ids(self, text, question):
        """What the token stands for; 400 when it is none of this question, 403 when it is too old."""
        page = self._pages.get(text)
        if page is None or page.question != question:
            raise drive_errors.invalid_value("pageToken")
        if self._clock.now() - page.made > LIFETIME_SECONDS:
            raise drive_errors.scripted({"status": 403, "reason": "pageTokenExpired"})
        return page.ids
