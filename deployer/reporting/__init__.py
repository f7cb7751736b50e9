"""Floor 4: what people and machines read; takes data, reads nothing from AWS, and is the only room that knows rich."""
