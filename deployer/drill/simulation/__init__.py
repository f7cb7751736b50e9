"""The loss of a Region as a model: thousands of trials, up to 100,000 payments a second, fed by the parameter file."""
