"""What a report says, in other forms than a page."""
