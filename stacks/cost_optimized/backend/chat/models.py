"""What is stored. Primary keys grow in the order of commits, which is the order of all lists."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """Somebody with a name and a password."""

    name = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_login = None

    objects = BaseUserManager()

    USERNAME_FIELD = "name"

    class Meta:
        db_table = "users"


class Conversation(models.Model):
    """A titled list of messages; `message_count` changes in the transaction that adds them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    message_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "conversations"


class Message(models.Model):
    """A question or an answer; `tokens` as the model counted them."""

    class Role(models.TextChoices):
        """Who speaks."""

        USER = "user"
        ASSISTANT = "assistant"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    role = models.CharField(max_length=9, choices=Role)
    content = models.TextField()
    created_at = models.DateTimeField()
    cached = models.BooleanField(default=False)
    tokens = models.PositiveIntegerField()

    class Meta:
        db_table = "messages"


class UsageEvent(models.Model):
    """One answered message. The answer is the event's id, so none can count twice."""

    answer = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    prompt_tokens = models.PositiveIntegerField()
    completion_tokens = models.PositiveIntegerField()
    cached = models.BooleanField()

    class Meta:
        db_table = "usage_events"


class IdempotencyKey(models.Model):
    """A keyed write: under way until `claimed_until` while `status` is null, else its answer.

    `claim` is the random name of the attempt that holds the key: only it may finish the write.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    claim = models.CharField(max_length=32)
    claimed_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)

    class Meta:
        db_table = "idempotency_keys"
        constraints = [
            models.UniqueConstraint(fields=["user", "path", "key"], name="one_write_per_key"),
        ]
