"""`outbound metrics`: a campaign's numbers as the analytics page reads them."""
