"""Contracts that `lint-imports` runs beside its own."""
