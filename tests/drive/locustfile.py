"""Users for the tests of the drive: what they do is in their target's data."""

from locust import task

from harness.drive.users import StackUser


class Visitor(StackUser):
    """Sends what `data` says: the path to get or stream, and what to stumble over."""

    def prepare_alone(self):
        """Get the plain path."""
        return {"path": "/"}

    @task
    def visit(self):
        """Do what the data says once."""
        path = self.data["path"]
        if path.startswith("/stream"):
            self.http.stream("streamMessage", path, json={"content": "x" * 5})
        elif path == "/raise":
            self.http.request("visit", "GET", "/")
            self.data["no such key"]
        else:
            self.http.request("visit", "GET", path, check=lambda answer: answer.json and None)
