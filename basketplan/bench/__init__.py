"""Measure the planner on public instances and synthetic programmes, beside its peers."""
