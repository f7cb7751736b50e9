"""Floor 4: performs a plan, one file a step kind, and tells what happened as events. It decides nothing."""
