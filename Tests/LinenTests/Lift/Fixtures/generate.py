"""Computes with Flax what the tests of lifted transforms expect: python generate.py [TOPIC...]

Writes TOPIC.json for each topic, a script beside this one. Made with flax 0.12.8 and jax 0.10.2 on CPU.
"""

import importlib
import json
import sys
from pathlib import Path

import common

TOPICS = ["lifts", "transforms", "core", "streams", "nested", "kinds", "observed"]

for topic in sys.argv[1:] or TOPICS:
    common.CASES.clear()
    importlib.import_module(topic)
    path = Path(__file__).parent / f"{topic}.json"
    path.write_text(json.dumps(common.CASES, separators=(",", ":")) + "\n")
