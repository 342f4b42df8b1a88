"""`python -m synthgen` is the same as `synthgen`."""

from synthgen.cli import main

main()
