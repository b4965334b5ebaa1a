"""What is old becomes small."""
