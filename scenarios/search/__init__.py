"""Full-text search over data that grows; see README.md."""
