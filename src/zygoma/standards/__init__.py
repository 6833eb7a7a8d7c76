"""What is allowed: the table of outputs, limits, screening and the words of claims."""
