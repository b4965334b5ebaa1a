"""Templates: the roles, channels and settings of a community, from which others are made."""
