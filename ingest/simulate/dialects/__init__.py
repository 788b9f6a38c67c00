"""Writers of what each kind of source exports, one file per dialect."""
