"""Quarter: the agents and what goes on in them."""
