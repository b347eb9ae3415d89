"""`outbound report`: a campaign on one page."""
