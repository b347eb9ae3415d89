"""What Postgres cannot do itself: talking to providers, and hearing from them."""
