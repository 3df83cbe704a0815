"""`python -m bot`: the same as the command `koersbot`."""

from bot.cli import main

main()
