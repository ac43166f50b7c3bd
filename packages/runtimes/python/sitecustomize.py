"""Brings the model's time, names and chance into Python, before anything else is imported."""

import os

if "ORRERY_CLOCK" in os.environ:
    import orrery_time

    orrery_time.install()
    import orrery_random

    orrery_random.install()
    import orrery_network

    orrery_network.install()
    import orrery_paths

    orrery_paths.install()
