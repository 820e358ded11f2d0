"""The pages: one module per audience. Parse, make one call, render."""
