"""`python -m terminal` is the command `lapstyle`."""

import sys

from terminal.app import command

if __name__ == "__main__":
    sys.exit(command())
