"""Benchmarks: how fast the estimation is, beside another program in the same run.

`make bench` prints the tables; nothing here is a test.
"""
