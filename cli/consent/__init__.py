"""`outbound consent`: who must not be reached, why, and who may lift it."""
