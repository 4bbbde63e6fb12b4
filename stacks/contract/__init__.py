"""The contract that every stack keeps, and what checks that it does."""
