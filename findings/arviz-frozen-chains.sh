#!/bin/sh
# arviz-stats 0.8.0 (the diagnostics of ArviZ: rank-normalised split R-hat and effective sample size) on chains of spins.
#
# Guess. Four chains that never move have no variance to compare, so both diagnostics are undefined: R-hat and the effective
#        sample size are NaN. A series of +1 and -1 is as good an observable as any, and its folded R-hat is near 1.
# Seen.  Frozen chains that agree: R-hat is NaN, but the effective sample size is the number of draws, 4000, and the standard
#        error of the mean is 0. Whoever asks for "enough effective samples" finds them in a series that says nothing.
#        One excitation in 4000 draws: 4000.03 effective samples, R-hat exactly 1.
#        Frozen chains that disagree: the effective sample size is 4.03, as it should be, and R-hat is infinite; folded, it is
#        about 6e15 or infinite, whichever way the means round.
#        A series with as many +1 as -1 (a magnetisation that flips freely) has its median at 0, and folded it is constant:
#        the folded R-hat is NaN. The usual maximum of both survives only because Python's max(1.0, nan) is 1.0.
# So     a verdict on a Monte Carlo series must look for constants itself, and must not take NaN for agreement.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install arviz-stats==0.8.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math
import numpy as np
from arviz_stats.base import array_stats

def look(name, chains):
    axes = dict(chain_axis=0, draw_axis=1)
    seen = dict(rhat=array_stats.rhat(chains, **axes), folded=array_stats.rhat(chains, method="folded", **axes),
                ess=array_stats.ess(chains, **axes), mcse=array_stats.mcse(chains, **axes))
    seen = {key: float(value) for key, value in seen.items()}
    print(f"{name:28s}", "  ".join(f"{key} {value:.6g}" for key, value in seen.items()))
    return seen

frozen = look("frozen, all alike", np.full((4, 1000), -100.0))
assert math.isnan(frozen["rhat"]) and frozen["ess"] == 4000 and frozen["mcse"] == 0
rare = np.full((4, 1000), -100.0)
rare[0, 500] = -96
rare = look("one excitation", rare)
assert rare["rhat"] == 1 and 4000 < rare["ess"] < 4000.1
apart = look("frozen, each in its state", np.arange(4.0)[:, None] * np.ones((4, 1000)))
assert math.isinf(apart["rhat"]) and apart["folded"] > 1e12 and 4 < apart["ess"] < 4.1
signs = np.array([1.0, -1.0] * 500)
draw = np.random.default_rng(2)
balanced = look("as many +1 as -1", np.stack([draw.permutation(signs) for _ in range(4)]))
assert abs(balanced["rhat"] - 1) < 0.01 and math.isnan(balanced["folded"])
print("as found")
PYTHON
