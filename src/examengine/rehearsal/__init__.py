"""The chain over real HTTP: simulated people do what real ones would do in a browser."""
