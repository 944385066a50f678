"""The command line: the same jobs as the window's, one file a command. `lapstyle`, or `python -m terminal`."""
