"""Writes every payment to the audit log, from the table's stream."""
