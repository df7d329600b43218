"""The enterprise's own door: who came, what for, what was found and followed; notices, load, complaint, refusal."""
