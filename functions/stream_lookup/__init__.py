"""Tells a stack the ARN of the table's stream in its own Region."""
