"""The users of the comparison, as ours: each answer gets the scenarios' cheap look."""

from locust import task

from harness.drive.users import StackUser
from scenarios import checks


class Visitor(StackUser):
    """Asks for one page, as a signed-in user."""

    def prepare_alone(self):
        """Know the token."""
        return {"token": "x"}

    def on_start(self):
        """Sign in."""
        super().on_start()
        self.headers = {"Authorization": f"Bearer {self.data['token']}"}

    @task
    def visit(self):
        """Ask and look."""
        self.http.request("me", "GET", "/v1/me", headers=self.headers, check=checks.cheap)
