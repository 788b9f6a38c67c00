"""One definition per number."""
