"""`outbound audiences`: lists of contacts, where their members come from, and files imported into them."""
