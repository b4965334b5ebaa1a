"""Backups: one verified zip of the data folder, taken while serving, restored into an empty folder."""
