"""What the charts of a page show, as data."""
