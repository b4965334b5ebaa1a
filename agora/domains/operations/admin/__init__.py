"""What the owner sees and sets: machine, settings."""
