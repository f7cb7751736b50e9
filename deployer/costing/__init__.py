"""What a system costs: the bill of the very resources that a roll-out would deploy, line by line, from a dated price table."""
