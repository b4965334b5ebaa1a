"""Quarter: who and where."""
