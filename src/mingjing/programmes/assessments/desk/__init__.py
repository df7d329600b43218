"""Pages of the programme on the desk: schemes and their versions, replays and their results."""
