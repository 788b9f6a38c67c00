"""Settings of this installation, and the YAML of `config/` as typed values with source and dates."""
