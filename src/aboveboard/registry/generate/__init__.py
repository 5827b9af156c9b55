"""A registry as a typed Python module, so that a misspelt metric fails in the editor."""
