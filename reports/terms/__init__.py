"""What a page is made of: its parts as data, numbers with units, texts made safe."""
