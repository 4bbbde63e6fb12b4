"""Server products, one module each: how to run each of them and how to talk to it."""
