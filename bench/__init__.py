"""Benchmarks: scenarios, the runner and the budgets. Not here: tests of correctness."""
