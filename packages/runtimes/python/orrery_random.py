"""Chance that follows the run's seed: the same seed gives the same numbers and identifiers."""

import hashlib
import os

_counter = 0


def _urandom(size):
    """A stream of SHA-256 blocks over the seed and a counter."""
    global _counter
    out = b""
    while len(out) < size:
        _counter += 1
        out += hashlib.sha256(f"{os.environ['ORRERY_SEED']}/{_counter}".encode()).digest()
    return out[:size]


def install():
    os.urandom = _urandom
    import random

    random._urandom = _urandom
    random.seed(int(os.environ["ORRERY_SEED"]))
