"""`outbound workflows`: graphs of calls and texts on the command line."""
