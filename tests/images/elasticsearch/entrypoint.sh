# Knows what the official image's entrypoint does with its environment: names with a dot and lower
# case are settings, ES_JAVA_OPTS are flags for the JVM. Settings of parts that are not in here are
# left out.
set -eu
home=/usr/share/elasticsearch
{
    echo "http.host: 0.0.0.0"
    echo "network.host: 127.0.0.1"
    env | sed -n '/^xpack\./d; /^ingest\./d; s/^\([a-z_]*\.[a-z_.]*\)=/\1: /p'
} >config/elasticsearch.yml
# shellcheck disable=SC2086 # a list of flags
exec java -XX:+UseG1GC -XX:G1HeapRegionSize=4m -XX:InitiatingHeapOccupancyPercent=30 \
    -XX:G1ReservePercent=15 -XX:+AlwaysPreTouch -XX:+ExitOnOutOfMemoryError -Xss1m \
    -Dio.netty.noUnsafe=true -Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false \
    -Djava.io.tmpdir=$home/tmp ${ES_JAVA_OPTS:-} -cp "$home/launcher:$home/lib/*" \
    bakeoff.launcher.Launcher $home
