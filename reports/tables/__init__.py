"""The tables of a page, each from the cases."""
