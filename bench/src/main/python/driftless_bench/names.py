"""Names and link targets as they are found in the wild, and worse: any bytes but a zero and a slash."""

from __future__ import annotations

import random
from typing import Sequence

_NAMES = (
    (30, b"file-%06x.txt"),
    (10, b"two words %06x"),
    (10, "na\u00efve-\u65e5\u672c-%06x".encode()),
    (10, b"caf\xe9-\xff\xfe-%06x"),
    (5, b" begins and ends with a space %06x "),
    (5, b"--delete %06x"),
    (5, b".hidden-%06x"),
    (5, b"lines\nand\ttabs %06x"),
    (5, b"back\\slash 'quotes\" *?[%06x]"),
    (3, b"%%41%%2f%06x"),
    (3, b"UPPER-%06X"),
    (2, b"long-" + b"n" * 244 + b"%06x"),
)
_PATTERNS = [pattern for _, pattern in _NAMES]
_WEIGHTS = [weight for weight, _ in _NAMES]


def new_name(dice: random.Random) -> bytes:
    return dice.choices(_PATTERNS, _WEIGHTS)[0] % dice.randrange(1 << 24)


def link_target(dice: random.Random, beside: Sequence[bytes]) -> bytes:
    """Something beside it, or what is not there, outside, above, a loop or no valid text."""
    if beside and dice.random() < 0.5:
        return dice.choice(beside)
    number = dice.randrange(1 << 24)
    return dice.choice(
        (
            b"not-there-%06x" % number,
            b"../../../%06x" % number,
            b"/etc/nowhere/%06x" % number,
            b"./././%06x/.." % number,
            b"\xff\xfe %06x" % number,
            b"t" * 300 + b"%06x" % number,
        )
    )
