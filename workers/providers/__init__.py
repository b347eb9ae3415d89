"""HTTP clients of the providers. They know nothing of the database; none repeats a request that may have arrived."""
