"""Floor 2: parameters in, CloudFormation bodies and reproducible packages out. The only room that knows jinja2."""
