"""Proves once a day that every payment of the table is in the audit log, and writes what is missing."""
