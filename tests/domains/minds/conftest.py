"""Hypothesis for these suites: fixed seeds, and no limit of time for one example, which a busy machine would break."""

from hypothesis import settings

settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("fixed")
