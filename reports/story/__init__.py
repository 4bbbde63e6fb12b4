"""What came out, in sentences."""
