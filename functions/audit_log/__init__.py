"""What the audit log looks like: its lines, its keys, and the bucket that holds it. Shared by who writes it and who proves it."""
