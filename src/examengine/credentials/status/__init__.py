"""How a credential stands today: its status list, its revocation, its newest version."""
