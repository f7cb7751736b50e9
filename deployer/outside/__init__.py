"""Floor 1: the system as anybody sees it from outside, without credentials: what names are answered with, what the API says."""
