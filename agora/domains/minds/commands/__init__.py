"""The server's own commands about agents: who is here, ask one, pause them, sum up what was said."""
