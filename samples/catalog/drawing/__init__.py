"""Vector illustrations for the sample catalog, drawn by code."""
