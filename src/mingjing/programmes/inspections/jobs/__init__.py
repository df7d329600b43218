"""What follows from facts about entries, in the background."""
