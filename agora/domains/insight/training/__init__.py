"""Trains and judges the starter model, on text that a small grammar of conversation writes."""
