"""Floor 6: the commands, one a file, which bring the rooms together and decide nothing themselves."""

from deployer.cli.root import main

__all__ = ["main"]
