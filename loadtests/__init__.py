"""Load: how many answers a second, how many starts at the bell, and what the disk allows.

`python -m loadtests.measure --database sqlite` starts a server, loads it and prints the figures.
"""
