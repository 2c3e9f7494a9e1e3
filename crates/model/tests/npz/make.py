"""Writes networks as NumPy does, and what loops over all paths find of them."""

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

# A network with rectified units, biases and two outputs, at three inputs.
widths = [6, 5, 4, 2]
matrices = [rng.normal(size=shape) for shape in itertools.pairwise(widths)]
biases = [0.3 * rng.normal(size=n) for n in widths[1:]]
inputs = rng.choice([-1.0, 1.0], (3, widths[0]))
arrays = {f"weight_{l}": matrix for l, matrix in enumerate(matrices, 1)}
arrays |= {f"bias_{l}": bias for l, bias in enumerate(biases, 1)}
np.savez("trained.npz", inputs=inputs, **arrays)

expected = []
for k, x in enumerate(inputs):
    gates, values = [], x
    for matrix, bias in zip(matrices[:-1], biases):
        values = values @ matrix + bias
        gates.append(values > 0)
        values = np.maximum(values, 0)
    for output in range(widths[-1]):
        energy, paths, weights = 0, 0, set()
        for path in itertools.product(*map(range, widths[:-1])):
            if all(gate[i] for gate, i in zip(gates, path[1:])):
                steps = list(itertools.pairwise((*path, output)))
                energy -= int(np.sign(x[path[0]]) * np.prod([np.sign(m[step]) for m, step in zip(matrices, steps)]))
                paths += 1
                weights |= {(l, *step) for l, step in enumerate(steps)}
        expected.append(
            {
                "input": k,
                "output_unit": output,
                "output": float((values @ matrices[-1] + biases[-1])[output]),
                "activation": [float(gate.mean()) for gate in gates],
                "paths": paths,
                "weights": len(weights),
                "signs_energy_per_weight": energy / len(weights),
            }
        )
with open("trained.json", "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
