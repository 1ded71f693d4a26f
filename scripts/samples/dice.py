"""Draws that depend on a seed and a name only, so that what happens to one row does not move with the others."""

import random
from bisect import bisect_right
from itertools import accumulate


class Dice(random.Random):
    """A seeded source of draws. Only random() and getrandbits() are used below: their values are the same in every Python 3."""

    def chance(self, probability):
        """True with the given probability."""
        return self.random() < probability

    def whole(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def one_of(self, values):
        """One of the values, all alike."""
        return values[int(self.random() * len(values))]

    def some_of(self, values, count):
        """`count` different values (all, if there are fewer), in their own order."""
        chosen = set()
        wanted = min(count, len(values))
        while len(chosen) < wanted:
            chosen.add(int(self.random() * len(values)))
        return [values[position] for position in sorted(chosen)]

    def mix(self, values):
        """A copy of the values in another order."""
        mixed = list(values)
        for position in range(len(mixed) - 1, 0, -1):
            other = int(self.random() * (position + 1))
            mixed[position], mixed[other] = mixed[other], mixed[position]
        return mixed

    def hex_id(self):
        """A key as the shop makes them: 32 hexadecimal digits."""
        return f"{self.getrandbits(128):032x}"


class Weighted:
    """Values with weights, to draw from quickly."""

    def __init__(self, weights):
        self.values = list(weights)
        self.limits = list(accumulate(weights[value] for value in self.values))

    def draw(self, dice):
        """One value, as likely as its weight says."""
        position = bisect_right(self.limits, dice.random() * self.limits[-1])
        return self.values[min(position, len(self.values) - 1)]
