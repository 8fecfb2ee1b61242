"""How fast the service is, each time beside something known: `python -m benchmarks`. Nothing here is a test."""
