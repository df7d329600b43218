"""Locks that end with the transaction that took them."""

from django.db import connection, transaction

__all__ = ["exclusive", "in_transaction"]


def in_transaction() -> bool:
    """Whether the caller stands in `transaction.atomic()`."""
    return connection.in_atomic_block


def exclusive(*names: str) -> None:
    """Wait until no other transaction holds a lock of these names; hold them until this one ends. One statement.

    On SQLite a transaction is IMMEDIATE and therefore already alone; on PostgreSQL it is an advisory lock. Raises
    TransactionManagementError outside a transaction, where the lock would be gone at once.
    """
    if not in_transaction():
        raise transaction.TransactionManagementError(f"The lock {', '.join(names)!r} needs a transaction to belong to.")
    if names and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name",
                [sorted(names)],
            )
