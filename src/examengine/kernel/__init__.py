"""What every context may lean on: time, identity, digests, errors. Standard library only."""
