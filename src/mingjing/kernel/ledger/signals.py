"""What the ledger tells those above it, within the transaction that appends."""

from django.dispatch import Signal

fact_appended = Signal()  # sent with `fact`, inside the appending transaction: what a receiver writes commits with it
