"""Decisions: what one rests on, taking them, which stand, and how often they are right."""
