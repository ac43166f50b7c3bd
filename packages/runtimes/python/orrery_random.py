"""Chance that follows the run's seed: the same seed gives the same numbers and identifiers."""

import hashlib
import itertools
import os

_draws = itertools.count(1)


def _urandom(size):
    """As many bytes of SHAKE-256 over the seed and the number of the draw."""
    return hashlib.shake_256(f"{os.environ['ORRERY_SEED']}/{next(_draws)}".encode()).digest(size)


def install():
    os.urandom = _urandom
    import random

    random._urandom = _urandom
    random.seed(int(os.environ["ORRERY_SEED"]))
