"""View models: states, configuration and the time in, what a page shows out. Pure."""
