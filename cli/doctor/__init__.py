"""`outbound doctor`: whether a deployment works from end to end, and what to do where it does not."""
