"""`outbound demo`: a whole campaign on a stack of its own, from a contact file to its analytics."""
