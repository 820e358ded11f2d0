"""What a badge says, how it is drawn, and what a page shows of it."""
