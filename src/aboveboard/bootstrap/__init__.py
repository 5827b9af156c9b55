"""The only place where steps meet adapters: a module per program, typed, without logic."""
