# Runs the broker in the foreground under the user of this container, without Debian's wrapper,
# which wants to change users. Any other command is run as it is.
set -eu
export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-
if [ "$1" = rabbitmq-server ]; then
    exec /usr/lib/rabbitmq/bin/rabbitmq-server
fi
exec "$@"
