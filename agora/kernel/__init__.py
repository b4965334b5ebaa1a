"""The kernel: one write path, one event log, one HTTP codec. It knows nothing of chat, agents or pages."""
