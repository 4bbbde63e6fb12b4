"""The users of the comparison, as Locust's FastHttpUser."""

from locust import FastHttpUser, constant, task


class Visitor(FastHttpUser):
    """Asks for one page, as a signed-in user."""

    wait_time = constant(0)

    @task
    def visit(self):
        """Ask."""
        self.client.get("/v1/me", headers={"Authorization": "Bearer x"})
