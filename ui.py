"""Opens LapStyle Studio's window: ``python ui.py``."""

import sys

from studio.app import main

if __name__ == "__main__":
    sys.exit(main())
