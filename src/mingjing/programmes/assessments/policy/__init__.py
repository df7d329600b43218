"""The pure decisions of the assessments programme: schemes, mappings, replays, decision files. No Django here."""
