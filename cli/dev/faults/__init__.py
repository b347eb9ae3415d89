"""`outbound dev faults`: whole campaigns in which things go wrong at set moments, and a judge who reads the logs.

A seed decides everything beforehand: people, workflows, campaigns, what fails and when (`plan`). The plan is played on
the real Postgres, real worker processes and the sandbox (`scene`, `crew`, `director`). Then the sandbox's own log and
the moments of commits say whether a rule was broken (`judge`).
"""
