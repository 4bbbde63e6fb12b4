"""Django settings. Each one that differs from Django's default has its reason in the README."""

from pathlib import Path

from . import environment

BASE_DIR = Path(__file__).resolve().parent.parent

STACK = environment.text("BAKEOFF_STACK", "cost-optimized")
APP_VERSION = "1.0.0"

SECRET_KEY = environment.text("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "chat",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
BURN_US = environment.number("BURN_US", 0)
if BURN_US:
    MIDDLEWARE.insert(0, "chat.burning.Burning")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# What a commit waits for, by the promise that the deployment makes.
SYNCHRONOUS = {"none": "OFF", "process": "NORMAL", "machine": "FULL"}[
    environment.text("DURABILITY", "process")
]
# How long a write waits for its turn.
WRITE_SECONDS = 10.0
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": environment.sqlite_path("DATABASE_URL"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": WRITE_SECONDS,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                f"PRAGMA synchronous={SYNCHRONOUS};"
                "PRAGMA journal_size_limit=67108864;"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "chat.memcached.PersistentMemcached",
        "LOCATION": environment.memcached_address("CACHE_URL"),
        "OPTIONS": {
            "connect_timeout": 0.5,
            "timeout": 0.5,
            "no_delay": True,
            "retry_attempts": 0,
            "dead_timeout": 0,
        },
    }
}
ANSWER_CACHE_TTL = int(environment.number("ANSWER_CACHE_TTL", 3600))

OPENAI_BASE_URL = environment.text("OPENAI_BASE_URL").rstrip("/")
OPENAI_API_KEY = environment.text("OPENAI_API_KEY", "none")
LLM_TIMEOUT = environment.number("LLM_TIMEOUT", 30)
# Of each worker, and so the most connections to the model that are kept for reuse.
THREADS = int(environment.number("THREADS", 32))
# A send waits at most so long for the model (connect, then the last read before the deadline).
CLAIM_SECONDS = 2 * LLM_TIMEOUT + 10

AUTH_USER_MODEL = "chat.User"
PASSWORD_HASHERS = ["chat.hashers.Argon2id"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["chat.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chat.negotiation.JSONAlways",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "EXCEPTION_HANDLER": "chat.problems.exception_handler",
}

# Behind the gateway on plain HTTP: TLS, its redirect and HSTS belong to whatever ends TLS.
# There are no cookies, so there is nothing that a forged cross-site request could ride on.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W004", "security.W008"]
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # One line for each answer of 400 or more; chat.problems logs those that are our affair.
        "django.request": {"level": "CRITICAL"},
        # A malformed Host is answered 400 and is nothing to wake anybody for.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
