"""`python -m workers`: one worker, set up by the environment."""

import sys

from workers import logs, process
from workers.config import Secrets, Settings, redactor
from workers.errors import ConfigurationError


def main() -> int:
    """Run; 1 when a setting is missing or something that began could not be finished."""
    try:
        settings, secrets = Settings.load(), Secrets.from_environment()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    logs.configure(settings.log_level, redactor(settings, secrets), part="worker")
    return process.main(settings, secrets)


if __name__ == "__main__":
    sys.exit(main())
