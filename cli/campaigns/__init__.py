"""`outbound campaigns`: the life of campaigns on the command line."""
