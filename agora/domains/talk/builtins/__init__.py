"""The server's own commands for talking: reminders, polls and search."""
