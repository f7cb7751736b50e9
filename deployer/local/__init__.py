"""Floor 1: the embedded AWS, MiniStack in a process of its own with what it lacks added; the only room that knows it."""
