"""Users with three tasks, each with an endpoint of its own."""

from locust import task

from harness.drive.users import StackUser


class Mixed(StackUser):
    """Does one of three things."""

    @task(3)
    def first(self):
        """Ask under the first name."""
        self.http.request("first", "GET", "/")

    @task(2)
    def second(self):
        """Ask under the second name."""
        self.http.request("second", "GET", "/")

    @task
    def third(self):
        """Ask under the third name."""
        self.http.request("third", "GET", "/")
