"""Which IPv4 blocks a VPC of this system may have: private ones of /16 to /24."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Final

_PRIVATE_BLOCKS: Final = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))  # RFC 1918


def block_fault(cidr: str) -> str:
    """Return what is wrong with a VPC's block, as the end of a sentence that begins with it, or "" [RFC 1918; ec2:CreateVpc]."""
    try:
        network = IPv4Network(cidr)
    except (AddressValueError, NetmaskValueError):
        return "is no IPv4 block"
    except ValueError:
        return f"has host bits set; the block is {IPv4Network(cidr, strict=False)}"
    if "/" not in cidr or not 16 <= network.prefixlen <= 24:
        return "is not /16 to /24"
    if not any(network.subnet_of(block) for block in _PRIVATE_BLOCKS):
        return "is not private (RFC 1918)"
    return ""
