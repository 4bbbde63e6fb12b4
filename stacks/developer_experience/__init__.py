"""The developer-experience stack: Flask, MongoDB, Elasticsearch."""
