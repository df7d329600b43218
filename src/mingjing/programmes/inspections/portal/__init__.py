"""The enterprise's own door: who came, what for, what was found and what followed; notices, load, complaint, refusal."""
