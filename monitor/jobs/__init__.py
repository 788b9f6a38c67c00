"""What runs by itself: jobs from the configuration, led by one process at a time, every run entered."""
