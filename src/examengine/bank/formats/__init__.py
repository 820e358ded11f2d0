"""Formats in which banks come and go, one file each."""
