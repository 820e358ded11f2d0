"""Explaining a result: the chain of records behind it, each step computed again now."""
