"""Quarter: what is said."""
