"""``python -m zygoma``: the command line."""

from zygoma.cli.main import run

run()
