"""How others speak: a module per protocol, bytes in, submission out, answer out."""
