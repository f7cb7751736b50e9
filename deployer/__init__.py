"""Rolls one payment API out to two AWS Regions and proves that it survives losing either.

The rooms, floor by floor, are listed in ARCHITECTURE.md; a file imports only from lower floors.
"""

__version__ = "0.1.0"
