"""Who sends a request."""

from rest_framework.authentication import TokenAuthentication


class BearerToken(TokenAuthentication):
    """Django REST framework's tokens under the scheme that the contract names."""

    keyword = "Bearer"
