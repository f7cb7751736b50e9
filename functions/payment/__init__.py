"""Takes payments exactly once, and reads them back."""
