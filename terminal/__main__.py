"""`python -m terminal` is the command `lapstyle`."""

import sys

from terminal.app import main

if __name__ == "__main__":
    sys.exit(main(own_process=True))
