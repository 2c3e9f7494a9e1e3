"""Writes networks as NumPy does, and their active paths as a loop over all units finds them."""

import itertools
import json

import numpy as np

widths = [5, 4, 3, 1]
rng = np.random.default_rng(7)
masks = [rng.random((m, n)) < 0.6 for m, n in itertools.pairwise(widths)]
inputs = rng.choice([-1, 1], widths[0])

np.savez("masks.npz", inputs=inputs, **{f"mask_{l}": mask for l, mask in enumerate(masks, 1)})
# A pruned network of another program: single precision, one matrix in Fortran's order, biases beside it.
weights = {f"weight_{l}": (mask * rng.normal(size=mask.shape)).astype(np.float32) for l, mask in enumerate(masks, 1)}
weights["weight_2"] = np.asfortranarray(weights["weight_2"])
np.savez_compressed("weights.npz", inputs=inputs.astype(np.float64), bias_1=rng.normal(size=widths[1]), **weights)

paths = [
    path
    for path in itertools.product(*map(range, widths))
    if all(mask[i, j] for mask, (i, j) in zip(masks, itertools.pairwise(path)))
]
expected = {"format": "rap-instance/1", "widths": widths, "paths": paths, "inputs": inputs.tolist()}
with open("expected.json", "w") as file:
    json.dump(expected, file)
    file.write("\n")
