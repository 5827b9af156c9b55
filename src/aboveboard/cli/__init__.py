"""The command line: a module per command; each says what it does and ends with a clear status."""
