"""Floor 1: the only room that calls AWS. Frozen dataclasses come out; dictionaries and botocore's errors never leave."""
