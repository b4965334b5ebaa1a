"""Benchmarks that print a table: how fast the engine is beside others, and which settings suit this machine."""
