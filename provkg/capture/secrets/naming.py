"""Which names say that what they name is a secret: `api_token`, `DB_PASSWORD`, `aws.secretKey`; not `pad_token`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# Always secret, whatever the value.
STRONG: Final = re.compile(
    r"passw|passphrase|secret|credential|api_?key|access_?key|private_?key|signing_?key|encryption_?key|auth_?key"
    r"|account_?key|master_?key|shared_?key|storage_?key|service_?key|client_?key|license_?key|deploy_?key|webhook_?url"
    r"|(^|_)(ssh|gpg|pgp|ssl|tls|rsa|aes|hmac|jwt|fernet|wandb|openai|admin|webhook|app|application)_?key$"
    r"|(^|_)(pwd|pgpwd|passwd|passcode|psk|pin_?code|otp|totp|mfa_?code)($|_)|(^|_)authorization$|(^|_)(set_)?cookies?$"
    r"|(^|_)(sas|signature)_?(token|key)$"
)
TOKEN: Final = re.compile(
    r"(api|access|auth|refresh|bearer|session|id|bot|deploy|csrf|xsrf|push|oauth|personal|user|job|service)_?tokens?$"
    r"|(^|_)token$"
)
# In the vocabulary of machine learning these are no secrets.
_OF_TEXT: Final = (
    "pad|eos|bos|unk|sep|cls|mask|memory|special|image|audio|video|vision|speech|start|end|stop|next|prev|first|last"
    "|class|patch|register|context|cross|self|query|prefix|suffix|middle|fim|newline|object|think|tool|boi|eoi|soi|eot"
    "|separator|delimiter|answer|question|word|sub|blank|distillation|dist|cost_per|loss_per|time_per|per|filler|box"
    "|begin|begin_of_text|end_of_text|trigger|placeholder|sink|source|target|new|single|one|each|every|language|lang"
)
_OF_DATA: Final = (
    "sort|group|stratify|primary|foreign|index|row|column|partition|join|cache|batch|dict|label|image|text|input|output"
    "|target|merge|lookup|metric|monitor|state|object|s3|bucket|record|natural|surrogate|hash|routing|shard|order|query"
    "|value|feature|map|musical|major|minor|song|piano|public|id|user|bin|answer|data|param|rng|prng|random|jax|seed"
)
_ABOUT_ONE: Final = (
    "file|path|dir|folder|name|env|var|variable|type|types|kind|policy|ref|reference|arn|field|column|col|length|len"
    "|size|count|index|idx|position|positions|dropout|prob|rate|ratio|embedding|embeddings|id|ids|classification|level"
    "|expiry|expires|expires_in|ttl|limit|budget|usage|manager|provider|store|backend|strength|entropy|regex|pattern"
    "|min_length|max_length|hint|encoder|accuracy|loss|weight|weights|mixing|pruning|merging|counts|lengths|shift"
)
HARMLESS: Final = re.compile(
    rf"(^|_)({_OF_TEXT})_token$|(^|_)({_OF_DATA})_key$"
    r"|(^|_)key_(dim|size|len|length|heads|bias|padding|mask|proj|frame|points?|name|col|column|value|width|channels"
    r"|states?|layer|cache|type|range|id|path|prefix|norm|rate|signature|projection|query|head|features?)"
    rf"|(^|_)(passw\w{{0,8}}|secret|token|credentials?|key)s?_({_ABOUT_ONE})(_(model|name|file|path|id))?$"
    r"|secretar|secretor|secretion"
    r"|(^|_)(num|n|max|min|use|has|is|with|total|count)_.{0,40}(tokens?|cookies?|keys?|secrets?|passwords?)$"
)
WEAK: Final = re.compile(r"(^|_)(key|auth|jwt|pat)($|_)")
WEAK_LENGTH: Final = 12
ANY: Final = re.compile("pass|secret|credential|key|pwd|psk|pin|otp|mfa|auth|cookie|dsn|conn|url|sas|token|jwt|pat")
LONGEST: Final = 200


@lru_cache(4096)
def words_of(name: str) -> str:
    """Return `name` in small letters with `_` between its words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[-LONGEST:])
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def is_secret_name(name: str) -> bool:
    """Whether a value of that name is a secret whatever it is: `api_token`, `DB_PASSWORD`, `aws.secretKey`."""
    words = words_of(name)
    return is_harmless(words) is False and bool(STRONG.search(words) or TOKEN.search(words))


def is_harmless(words: str) -> bool:
    """Whether the name of those words is one of data, texts or models."""
    return bool(HARMLESS.search(words))
