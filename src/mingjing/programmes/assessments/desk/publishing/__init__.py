"""What follows the decision on the desk: hearings, the published list, its corrections, appeals and objections."""
