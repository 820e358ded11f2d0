"""The tests: rules, services on both databases, pages, journeys, conformance, references."""
