"""The payments table read as a whole, in one Region: what a drill compares with what clients were promised."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from deployer.aws.calls import asking
from deployer.aws.session import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One payment in the table; `region` is the one that took it."""

    transaction_id: str
    customer_id: str
    amount: Decimal
    currency: str
    region: str


def payments_of(aws: Aws, *, table: str, region: str, customer_prefix: str) -> tuple[LedgerEntry, ...]:
    """Return the payments of all customers whose id begins with a prefix, as `region`'s replica has them, by strong reads.

    Reads the whole table: half a cent for a million payments (F9.7). Raises AwsRefused, also where the Region has no quorum.
    """
    found: list[LedgerEntry] = []
    pages = iter(
        aws.client("dynamodb", region)
        .get_paginator("scan")
        .paginate(
            TableName=table,
            ConsistentRead=True,
            FilterExpression="begins_with(customer_id, :prefix)",
            ExpressionAttributeValues={":prefix": {"S": customer_prefix}},
            ProjectionExpression="transaction_id, customer_id, amount, currency, #region",
            ExpressionAttributeNames={"#region": "region"},
        )
    )
    while True:
        with asking("dynamodb", "Scan", region):
            page = next(pages, None)
        if page is None:
            return tuple(found)
        found += [
            LedgerEntry(
                transaction_id=item["transaction_id"]["S"],
                customer_id=item["customer_id"]["S"],
                amount=Decimal(item["amount"]["N"]),
                currency=item["currency"]["S"],
                region=item["region"]["S"],
            )
            for item in page["Items"]
        ]
