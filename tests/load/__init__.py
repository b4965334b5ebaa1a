"""Client swarms with budgets. The server runs in a process of its own; the generators are hand-written to stay cheap."""
