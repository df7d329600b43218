"""What the ledger tells those above it, within the transaction that appends."""

from django.dispatch import Signal

fact_appended = Signal()  # inside the appending transaction, with the `facts` of one call: what is written commits too
