"""What the complaint ranking decides: reading records, merging repeats, ranking, when an edition may be published."""
