"""The outside world, a module each: every one fulfils a port and maps foreign errors to ours."""
