"""From a begun attempt to a provider's request and back: one file a queue, and the one that asks when in doubt."""
