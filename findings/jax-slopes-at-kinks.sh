#!/bin/sh
# JAX 0.10.2: slopes where a loss or an activation has a kink. Networks stand at kinks more often than one thinks: a network whose units are
# all dead answers exactly 0, and one that has learnt ±1 by |f - t| answers exactly t.
#
# Guess. |x| has the slope 0 at 0, as sign(0) is 0 and as PyTorch has it; max(0, x), clip and relu are one function and have one
#        slope there, 0; the hinge loss max(0, 1 - t f) has the slope 0 at t f = 1.
# Seen.  abs has the slope 1 at 0 (and at -0), though jnp.sign(0) is 0. relu has 0, leaky_relu 1, maximum(x, 0) and clip(x, 0, 1) have 1/2.
#        The hinge loss written with maximum has -1/2 at its kink. hard_tanh has 1 at 1 and relu6 has 0 at 6.
# So     two trainings "with the same loss" part at the first answer that lies on a kink. A comparison must write its slopes
#        out, and a definition must say them: docs/learning.md does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 scipy==1.17.1
JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PYTHON'
import jax
import jax.numpy as jnp

seen = {
    "abs at 0": (jnp.abs, 0.0, 1.0),
    "abs at -0": (jnp.abs, -0.0, 1.0),
    "relu at 0": (jax.nn.relu, 0.0, 0.0),
    "leaky_relu at 0": (jax.nn.leaky_relu, 0.0, 1.0),
    "maximum(x, 0) at 0": (lambda x: jnp.maximum(x, 0.0), 0.0, 0.5),
    "clip(x, 0, 1) at 0": (lambda x: jnp.clip(x, 0.0, 1.0), 0.0, 0.5),
    "hinge at f = t = 1": (lambda f: jnp.maximum(0.0, 1.0 - f), 1.0, -0.5),
    "hard_tanh at 1": (jax.nn.hard_tanh, 1.0, 1.0),
    "relu6 at 6": (jax.nn.relu6, 6.0, 0.0),
}
for name, (function, at, expected) in seen.items():
    slope = float(jax.grad(function)(at))
    print(f"{name:20s} {slope:g}")
    assert slope == expected, name
assert float(jnp.sign(0.0)) == 0
print("as found")
PYTHON
