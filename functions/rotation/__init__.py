"""Gives the API a new key without refusing anybody the old or the new one."""
