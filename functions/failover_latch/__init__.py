"""Holds traffic in the standby once the primary is lost, until a person fails back."""
