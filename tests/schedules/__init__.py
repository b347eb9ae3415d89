"""Schedules of lists: the dialect of cron, the times it names, the words for it, and the tick that follows it."""
