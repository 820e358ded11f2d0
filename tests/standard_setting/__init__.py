"""Tests of standard setting."""
