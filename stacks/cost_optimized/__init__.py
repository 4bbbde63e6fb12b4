"""The cost-optimized stack: Django on SQLite and Memcached, behind NGINX."""
