"""One defensible thread from the question bank to the credential."""
