"""``python -m gigawatt``."""

from gigawatt.cli import main

main()
