"""The backend of bakeoff's primary stack: an AI chat on FastAPI, PostgreSQL, Redis and RabbitMQ."""

__version__ = "1.0.0"
