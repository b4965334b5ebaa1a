"""Quarter: what can be learnt from it all."""
