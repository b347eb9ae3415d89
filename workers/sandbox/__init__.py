"""The sandbox: the providers' side of the wire, on loopback, for rehearsals, the demo and tests.

It refuses what the providers refuse, answers late, sends webhooks on its own, and keeps a log of all that it saw.
It never imports the clients that it answers: what it knows of a provider comes from that provider's documents.
"""
