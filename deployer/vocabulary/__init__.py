"""Floor 0: the words every other room uses; standard library only."""
