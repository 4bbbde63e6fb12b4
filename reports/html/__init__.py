"""The page as one HTML file."""
