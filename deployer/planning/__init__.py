"""Floor 3: what is, what should be, and the plan between them. The planner is pure; only the survey reads."""
