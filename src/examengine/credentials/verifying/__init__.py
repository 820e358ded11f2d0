"""Verification at this installation: against what it publishes and what only it knows."""
