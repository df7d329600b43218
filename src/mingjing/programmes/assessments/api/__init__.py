"""What other systems may ask of the programme, below /api/assessments/ (docs/api.md)."""
