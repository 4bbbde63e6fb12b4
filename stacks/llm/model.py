"""The language model: an answer and its delays, drawn from the seed and the messages alone."""

import hashlib
import math
from dataclasses import dataclass
from statistics import NormalDist

import orjson

from .prompt import Call
from .settings import Settings
from .text import LONGEST, SHORTEST, SentenceTable

MEDIAN_TOKENS = 52
SIGMA_TOKENS = 0.45
_QUANTILES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says to a prompt, and when.

    `key` is 16 hexadecimal digits of the prompt's hash; `tokens` are bytes that may stand in a JSON
    string; `first_token_s` and `whole_s` are seconds from the call to the first token and to the
    end.
    """

    key: str
    tokens: list[bytes]
    finish_reason: str
    prompt_tokens: int
    first_token_s: float
    whole_s: float


class LanguageModel:
    """Answers calls. Everything slow is done when it is made; an answer is two slices of a table.

    With z1, z2 standard normal quantiles taken from the hash: the length is
    52 exp(0.45 z1) tokens, held between 20 and 120, and the wait for the first token
    median exp(sigma z2); the whole answer takes that wait + tokens / tokens_per_s.
    """

    def __init__(self, settings: Settings) -> None:
        """Build the tables for the settings' seed and model of time."""
        self._table = SentenceTable(settings.seed)
        self._key = hashlib.blake2b(str(settings.seed).encode(), digest_size=32).digest()
        self.token_s = 1 / settings.tokens_per_s if settings.tokens_per_s else 0.0
        normal = NormalDist()
        z = [normal.inv_cdf((i + 0.5) / _QUANTILES) for i in range(_QUANTILES)]
        # One token may be lost at the cut, so the draw starts one above the shortest answer.
        self._lengths = [
            min(LONGEST, max(SHORTEST + 1, round(MEDIAN_TOKENS * math.exp(SIGMA_TOKENS * x))))
            for x in z
        ]
        spread = settings.first_token_sigma
        self._waits = [settings.first_token_s * math.exp(spread * x) for x in z]

    def answer(self, call: Call) -> Answer:
        """Answer a call; the same messages always get the same answer and the same delays."""
        digest = hashlib.blake2b(orjson.dumps(call.messages), digest_size=24, key=self._key)
        drawn = digest.digest()
        number = int.from_bytes(drawn[8:], "little")
        length = self._lengths[number % _QUANTILES]
        wait = self._waits[(number >> 12) % _QUANTILES]
        tokens = self._table.tokens(number >> 24, number >> 56, length)
        finish = "stop"
        if call.max_tokens is not None and call.max_tokens < len(tokens):
            tokens, finish = tokens[: call.max_tokens], "length"
        return Answer(
            key=drawn[:8].hex(),
            tokens=tokens,
            finish_reason=finish,
            prompt_tokens=sum(len(text.split()) for _, text in call.messages),
            first_token_s=wait,
            whole_s=wait + len(tokens) * self.token_s,
        )
