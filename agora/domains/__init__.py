"""The domains, one folder each, in six quarters."""
