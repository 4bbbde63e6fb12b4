"""The chat app: users, conversations, messages, their answers and what was used."""
