"""The operations of the contract, a blueprint for each group of paths."""
