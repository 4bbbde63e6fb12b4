"""The scalability stack: Fastify on Cassandra and Kafka, behind NGINX."""
