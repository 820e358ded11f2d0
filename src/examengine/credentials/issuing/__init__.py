"""From decisions that count to signed credentials."""
