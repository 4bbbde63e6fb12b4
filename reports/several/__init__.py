"""What is said of several runs."""
