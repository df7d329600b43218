"""What of inspections anybody may see: by a code that is shown to them, or as published figures."""
