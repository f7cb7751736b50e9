"""Floor 1: what a person writes about one environment, checked. The only room that knows pydantic and YAML input."""
