"""Faults on purpose: kill -9, a full disk, a port in use, broken files. ``python -m tests.fault`` runs the long form."""
