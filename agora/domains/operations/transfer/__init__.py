"""History that leaves and history that comes: exports of channels, imports from other programs."""
