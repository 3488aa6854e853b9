"""The wiring: settings, supervisor, roles, command line; the only place that knows everyone."""
