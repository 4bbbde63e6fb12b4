"""Records by case and stack, and the cells that are made of them."""
