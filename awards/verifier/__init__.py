"""Checking a result pack with nothing of ours: see SPEC.md. Nothing here imports the rest of the service."""
