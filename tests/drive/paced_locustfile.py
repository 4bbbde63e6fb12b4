"""An ordinary locustfile whose users have a pacing."""

from locust import FastHttpUser, constant_throughput, task


class Paced(FastHttpUser):
    """Begins a task twenty times a second."""

    wait_time = constant_throughput(20)

    @task
    def look(self):
        """See the usual page."""
        self.client.get("/", name="paced")
