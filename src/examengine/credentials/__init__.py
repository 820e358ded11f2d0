"""Achievements, issued credentials, their status and their verification: the end of the chain."""
