"""Says whether this Region can take payments."""
