"""An append-only log of registries, wordings and totals, and how anyone checks it."""
