"""Quarter: running the server."""
