"""Stacks under comparison, the parts they are made of, and the contract that all of them answer."""
