"""How the collector is reached over HTTP: intake without a framework, and the public pages."""
