"""Where the modules are that chaos shares with the other checks; to be imported first."""
import os
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path[1:1] = [os.path.join(ROOT, "ops/checks"), os.path.join(ROOT, "ops/benchmarks")]
