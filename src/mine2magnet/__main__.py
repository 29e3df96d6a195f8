"""`python -m mine2magnet` is the command line."""

from mine2magnet.cli.main import main

main()
