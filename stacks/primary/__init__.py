"""The primary stack: FastAPI on PostgreSQL, Redis and RabbitMQ, behind NGINX."""
