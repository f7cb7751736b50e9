"""Says whether traffic is held in this Region."""
