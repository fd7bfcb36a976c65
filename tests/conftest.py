"""What holds for every test."""

import gc
import os

from hypothesis import settings

SEEDS = int(os.environ.get("HANDBILL_SEEDS", "0"))
"""More than a few: a long run, at night."""

gc.set_threshold(50_000, 20, 50)
"""Looking for garbage among what thousands of tests and their modules keep took a sixth of the time."""

settings.register_profile("steady", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10 * max(10, SEEDS))
settings.load_profile("long" if SEEDS >= 100 else "steady")
