"""Commands, one module per audience: read what was typed, make one call, print."""
