"""Exit codes of the program."""

FAILED, WRONG_USE, LIMIT_EXCEEDED, INTERRUPTED = 1, 2, 3, 130
