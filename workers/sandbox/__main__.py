"""`python -m workers.sandbox`: the sandbox as a process, set up by the environment, logging JSON lines to stderr."""

import sys

from workers.sandbox.serve import main

if __name__ == "__main__":
    sys.exit(main())
