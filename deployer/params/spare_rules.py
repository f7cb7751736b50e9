"""Rules of spares: where they may stand, who may own them, and how long their names become."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from deployer.params.breach import Breach
from deployer.params.nearest import nearest_name
from deployer.params.regions import KNOWN_REGIONS
from deployer.params.spares import SparesParameters
from deployer.params.vpc_blocks import block_fault
from deployer.vocabulary.names import spare_suffix_characters_max


def spares_stand_beyond_the_pair(spares: SparesParameters, *pair: str) -> Iterator[Breach]:
    """A spare's Region is a known one, none of the pair's, and given once: the mapping has one place for it."""
    names = spares.region_names
    for index, name in enumerate(names):
        field = f"spares.regions.{index}.name"
        if name not in KNOWN_REGIONS:
            yield Breach(field=field, sentence=f"{name} is no AWS Region this tool knows", nearest=nearest_name(name, KNOWN_REGIONS))
        elif name in pair:
            yield Breach(field=field, sentence=f"{name} is one of the pair; a spare stands in another Region")
        elif name in names[:index]:
            yield Breach(field=field, sentence=f"{name} is given twice")


def spare_blocks_are_free(spares: SparesParameters, *cidrs: str) -> Iterator[Breach]:
    """A spare's VPC block is a private one that overlaps neither the pair's nor another spare's: it may become half of a pair."""
    taken = [IPv4Network(cidr) for cidr in cidrs if not block_fault(cidr)]
    for index, region in enumerate(spares.regions):
        field, fault = f"spares.regions.{index}.vpc_cidr", block_fault(region.vpc_cidr)
        if fault:
            yield Breach(field=field, sentence=f"{region.vpc_cidr} {fault}. Example: 10.{index + 2}.0.0/16.")
            continue
        block = IPv4Network(region.vpc_cidr)
        for other in taken:
            if block.overlaps(other):
                yield Breach(field=field, sentence=f"{block} overlaps {other}; each Region needs a block of its own")
        taken.append(block)


def spares_have_one_kind_of_owner(spares: SparesParameters, account_id: str | None) -> Iterator[Breach]:
    """A StackSet reaches accounts by their roles or by the organization, never both; either has to know the account it is steered from."""
    if spares.accounts and spares.organizational_units:
        sentence = "accounts are given too: a StackSet works by roles of accounts or by the organization, so choose one of the two"
        yield Breach(field="spares.organizational_units", sentence=sentence)
    for field, named in (("accounts", spares.accounts), ("organizational_units", spares.organizational_units)):
        for index, one in enumerate(named):
            if one in named[:index]:
                yield Breach(field=f"spares.{field}.{index}", sentence=f"{one} is given twice")
        if named and not spares.regions:
            yield Breach(field=f"spares.{field}", sentence="there is no Region for them: spares.regions is empty")
    if spares.organizational_units and spares.organization_id is None:
        sentence = "it is missing: ids of units are an organization's own, and packages may be read by its accounts alone"
        yield Breach(field="spares.organization_id", sentence=sentence)
    if account_id is None and (spares.accounts or spares.organizational_units):
        sentence = "spares of other accounts take their code from this account's buckets, so account_id has to be given"
        yield Breach(field="account_id", sentence=sentence)


def suffix_fits_spares(spares: SparesParameters, suffix: str) -> Iterator[Breach]:
    """Names of a spare carry its Region's name where the pair's carry a role, and its audit bucket the account as well."""
    longest = max((name for name in spares.region_names if name in KNOWN_REGIONS), key=len, default="")
    if not longest:
        return
    characters_max, pattern = spare_suffix_characters_max(longest)
    if len(suffix) > characters_max:
        sentence = f"{suffix} has {len(suffix)} characters; at most {characters_max} fit, since a spare in {longest} has {pattern}"
        yield Breach(field="suffix", sentence=sentence)
