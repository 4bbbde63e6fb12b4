"""An ordinary locustfile, as somebody brings it along: nothing in it knows of bakeoff."""

from locust import FastHttpUser, HttpUser, constant, task


class Fast(FastHttpUser):
    """Asks for what answers, what fails, and what the user itself finds wrong."""

    wait_time = constant(0.02)

    @task
    def look(self):
        """See the usual page."""
        self.client.get("/", name="usual")

    @task
    def fail(self):
        """See pages that are not there, and are broken."""
        self.client.get("/missing", name="missing")
        self.client.get("/broken", name="broken")

    @task
    def judge(self):
        """Find something wrong, and forgive something."""
        with self.client.get("/", name="judged", catch_response=True) as response:
            response.failure("not what I like")
        with self.client.get("/missing", name="forgiven", catch_response=True) as response:
            response.success()


class Slow(HttpUser):
    """The same by the other client."""

    wait_time = constant(0.02)
    look, fail, judge = Fast.look, Fast.fail, Fast.judge
    tasks = (look, fail, judge)
