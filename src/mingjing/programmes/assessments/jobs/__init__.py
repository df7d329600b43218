"""Background work of the programme: reactions to committed facts, at least once each."""
