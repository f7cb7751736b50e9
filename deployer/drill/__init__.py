"""Drills: steady traffic, a fault, what the clients saw, and a verdict by rules."""
