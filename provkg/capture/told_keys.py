"""The keys that the tables of `provkg.toml` take, each with the first level that asks for what it says.

Rendered from what says `pvk:leftToPeople` in `shapes/`; run: python -m pytest tests/test_told.py --rewrite
"""

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "datasets": {
        "absent": "audit",
        "collection_methods": "audit",
        "contains_personal_data": "audit",
        "description": "audit",
        "intended_uses": "audit",
        "known_limitations": "audit",
        "license": "standard",
        "license_grants": "standard",
        "previous_version": "audit",
        "record_count": "standard",
        "role": "audit",
        "schema": "standard",
        "sensitivity": "audit",
        "source": "minimal",
        "steward": "audit",
        "synthetic": "standard",
        "target": "audit",
    },
    "models": {
        "absent": "audit",
        "description": "audit",
        "intended_uses": "standard",
        "known_limitations": "standard",
        "license": "standard",
        "source": "minimal",
    },
    "experiments": {
        "absent": "audit",
        "attributed_to": "audit",
        "hypothesis": "audit",
        "project": "audit",
        "purpose": "standard",
        "varies": "audit",
    },
    "runs": {
        "absent": "audit",
        "description": "audit",
        "experiment": "standard",
        "feature_flags": "audit",
        "libraries": "standard",
        "parameters": "standard",
        "plan": "audit",
        "purpose": "audit",
        "reference_data": "audit",
        "responsible": "standard",
        "validation_data": "standard",
    },
    "metrics": {
        "absent": "audit",
        "on": "standard",
        "role": "standard",
        "threshold": "standard",
    },
    "deployments": {
        "absent": "audit",
        "description": "audit",
        "feature_flags": "audit",
        "preprocessing": "standard",
        "requirements": "standard",
        "traffic_share": "audit",
    },
}
