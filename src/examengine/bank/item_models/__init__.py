"""Item models: items with variables, and the instances that are drawn of them. Pure."""
