"""What other systems may ask of the programme and send to it, below /api/inspections/ (docs/api.md)."""
