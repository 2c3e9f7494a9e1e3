"""Eq. 4 at fixed numbers of paths and states: levels against those of a random code. Table and figure `random-code`.

With couplings `path` a configuration W satisfies path a if a bit, a sum over GF(2) of the bits of the weights on it, is that of
ξ_a: the 2^r different states are a coset of a linear code of M bits, and E = −M + 2 (distance). Averaged over the signs there
are exactly 2^r C(M, k) / 2^M of them at E = −M + 2k, at every depth. In a random code they are independent in pairs.

Networks of widths 10 − L, 2, …, 2, 1 have rank 16 at every depth L. Every instance draws M = 36 of their paths, all equally
likely (the ensemble `independent` given M), and signs. One of each depth is compared with `rapgrid solve --method exact`.
"""

import json
import os
import subprocess
from math import comb

import numpy as np
import rap
from rap import plt

PATHS, RANK, SAMPLES, SEED, BETA = 36, 16, 200, 2018, 0.7
RAPGRID = os.environ.get("RAPGRID", "rapgrid")


def states(words, random):
    """How many states of the code that is spanned by the words lie at each distance from random signs; those signs; the rank."""
    basis = []
    for word in words:
        for other in basis:
            word = min(word, word ^ other)
        if word:
            basis.append(word)
    signs = int(random.integers(1 << PATHS))
    coset = np.array([signs], np.uint64)
    for word in basis:
        coset = np.concatenate([coset, coset ^ np.uint64(word)])
    return np.bincount(np.bitwise_count(coset), minlength=PATHS + 1), signs, len(basis)


def network(depth, random):
    """The paths of an instance, and for each of its weights a word of the paths that go through it."""
    widths = [10 - depth] + [2] * (depth - 1) + [1]
    chosen = random.choice(int(np.prod(widths)), PATHS, replace=False)
    paths = np.array(np.unravel_index(chosen, widths)).T
    words = {}
    for place, path in enumerate(paths):
        for layer, ends in enumerate(zip(path, path[1:])):
            words[layer, ends] = words.get((layer, ends), 0) | 1 << place
    return widths, paths, words


def random_code(random):
    return [int(random.integers(1 << PATHS)) for _ in range(RANK)]


def checked_against_rapgrid(widths, paths, words, counts, signs, rank):
    """log Z of the counted states is that of `rapgrid solve`, to rounding."""
    instance = {"format": "rap-instance/1", "widths": widths, "paths": paths.tolist(),
                "couplings": [1 - 2 * (signs >> place & 1) for place in range(PATHS)]}
    file = rap.RESULTS / "paper-random-code" / "instance.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(instance))
    solve = [RAPGRID, "solve", file, "--beta", str(BETA), "--method", "exact", "--format", "json"]
    exact = json.loads(subprocess.run(solve, check=True, capture_output=True, text=True).stdout)
    energies = -PATHS + 2 * np.arange(PATHS + 1)
    log_z = (len(words) - rank) * np.log(2) + np.log((counts * np.exp(-BETA * energies)).sum())
    difference = abs(log_z - exact["log_z_per_weight"] * len(words))
    assert difference < 1e-9, f"log Z differs from rapgrid's by {difference}"


def main():
    energies = -PATHS + 2 * np.arange(PATHS + 1)
    choices = np.array([comb(PATHS, k) for k in range(PATHS + 1)], float)
    lines, deviations, last = [], [], None
    for depth in [4, 5, 6, 7, 8, None]:
        random = np.random.default_rng([SEED, depth or 0])
        deviation, ground, mean_counts = [], [], np.zeros(PATHS + 1)
        for sample in range(SAMPLES):
            widths, paths, words = network(depth, random) if depth else (None, None, dict(enumerate(random_code(random))))
            counts, signs, rank = states(words.values(), random)
            if depth and sample == 0:
                checked_against_rapgrid(widths, paths, words, counts, signs, rank)
            expected = choices * 2.0 ** (rank - PATHS)
            many = expected > 100
            deviation.append(np.mean(np.abs(np.log(np.maximum(counts[many], 0.5) / expected[many]))))
            ground.append(energies[np.flatnonzero(counts)[0]])
            mean_counts += counts / SAMPLES
        deviations.append((depth, *rap.mean(deviation)))
        last = mean_counts if depth == 8 else last
        lines.append([f"L = {depth}" if depth else "random code", rap.digits(*rap.mean(deviation)), rap.digits(*rap.mean(ground))])
    random = np.random.default_rng([SEED, 1])
    least = [np.sqrt(PATHS) * random.standard_normal(1 << RANK).min() for _ in range(SAMPLES)]
    lines.append(["2^16 Gaussian levels (Derrida)", "", rap.digits(*rap.mean(least))])
    gaussian = np.mean(least)
    rap.table(["", "mean |ln g/g_code|", "ground state"], lines)
    draw(energies, last, choices * 2.0 ** (RANK - PATHS), deviations, gaussian)


def draw(energies, counts, code, deviations, gaussian):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4))
    left.semilogy(energies, counts, "o", color=rap.COLOURS[0], label="L = 8, mean of the instances")
    left.semilogy(energies, code, "-", color="k", lw=0.8, label="2^r C(M, k) / 2^M")
    wide = np.linspace(-36, 36, 200)
    normal = 2.0**RANK * 2 / np.sqrt(2 * np.pi * PATHS) * np.exp(-(wide**2) / (2 * PATHS))
    left.semilogy(wide, normal, "--", color=rap.COLOURS[4], lw=1, label="Gaussian of variance M")
    left.axvline(gaussian, color=rap.COLOURS[4], lw=0.8, ls=":")
    left.axhline(1, color="k", lw=0.5, ls=":")
    left.set(xlabel="E", ylabel="states", ylim=(1e-3, 3e4))
    left.legend(frameon=False, fontsize=8, loc="lower center")
    depths = [depth for depth, *_ in deviations if depth]
    right.errorbar(depths, *np.array([rest for depth, *rest in deviations if depth]).T, fmt="o", color=rap.COLOURS[0])
    floor = deviations[-1][1]
    right.axhline(floor, color="k", lw=0.8, label="random code")
    right.set(xlabel="depth L", ylabel="mean |ln g / g_code|", ylim=(0, None))
    right.legend(frameon=False, fontsize=8)
    rap.save(figure, "random-code")


main()
