"""`script/new-programme NAME`: writes a new programme in the shape of the house; `shape/` holds what is written."""
