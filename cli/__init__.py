"""The `outbound` command line."""
