"""P(E) at BP's p_c, and where the two branches of BP would be: table and figure `energies`."""

import numpy as np
import rap
from rap import plt

BINS = 256  # a unit of energy per weight


def distribution(row):
    """Energies per weight, their counts, and how many values H = −M + 2k can take in each bin: a bin that holds four of them
    gets a third more than one of three."""
    read = lambda column: np.array(row[column].strip("{}").split(","), int)
    bins, counts = read("energy_bins"), read("energy_counts")
    n, paths = row["weights"], row["paths"]
    levels = (-paths + 2 * np.arange(paths + 1)) / n
    at = np.floor(levels * BINS).astype(int)
    values = np.array([(at == place).sum() for place in bins])
    middles = np.array([levels[at == place].mean() for place in bins])
    return middles, counts, values


def moments(row):
    middles, counts, _ = distribution(row)
    share = counts / counts.sum()
    mean = (share * middles).sum()
    deviation = np.sqrt((share * (middles - mean) ** 2).sum())
    z = (middles - mean) / deviation
    return mean, deviation, (share * z**3).sum(), (share * z**4).sum() - 3


def dip(row):
    """By how many of its standard errors a bin lies below bins on both of its sides, at most: correlated sweeps count once."""
    _, counts, values = distribution(row)
    density = counts / values
    error = np.sqrt(counts * max(1, 2 * row["tau_int"])) / values
    worst = 0
    for at in range(1, len(density) - 1):
        left, right = density[:at].argmax(), at + 1 + density[at + 1:].argmax()
        depths = [(density[side] - density[at]) / np.hypot(error[side], error[at]) for side in (left, right)]
        worst = max(worst, min(depths))
    return worst


def main():
    groups = rap.grouped(rap.rows("energies", "results.csv"), rap.width)
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.6), sharex=True)
    lines = []
    for height, (colour, (n, rows)) in enumerate(zip(rap.COLOURS, groups.items())):
        chains = [row for row in rows if row["method"] == "reduced_mc"]
        branches = {row["sample"]: {} for row in rows}
        for row in rows:
            if row["method"] == "bp" and row["outcome"] == "solved" and (row["branch"] == "paramagnetic" or row["ordered"] == "t"):
                branches[row["sample"]][row["branch"]] = row["energy_per_weight"]
        places = {"paramagnetic": [], "polarised": []}
        shapes, beyond = [], 0
        for row in chains:
            mean, deviation, skewness, kurtosis = moments(row)
            middles, counts, values = distribution(row)
            density = counts / counts.sum() / (2 / row["weights"] * values) * deviation
            for panel in axes:
                panel.plot((middles - mean) / deviation, density, "o", ms=2.5, color=colour, alpha=0.7,
                           label=f"N = {n}" if row is chains[0] else None)
            for branch, energy in branches[row["sample"]].items():
                places[branch].append((energy - mean) / deviation)
            beyond += counts[middles >= branches[row["sample"]]["paramagnetic"]].sum()
            shapes.append((skewness, kurtosis, dip(row), deviation**2 * row["weights"]))
        for branch, marker in (("paramagnetic", "^"), ("polarised", "v")):
            level = 3e-5 * 2.0**height
            axes[1].plot(places[branch], [level] * len(places[branch]), marker, color=colour, mfc="none")
        skewness, kurtosis, dips, variances = np.array(shapes).T
        branch_means = [rap.digits(*rap.mean(places[branch])) + f", {len(places[branch])} samples"
                        for branch in ("polarised", "paramagnetic")]
        lines.append([n, f"{rows[0]['dilution_1']:g}", len(chains), int(np.mean([row["weights"] for row in chains])),
                      *branch_means, rap.digits(*rap.mean(variances)), rap.digits(*rap.mean(skewness)),
                      rap.digits(*rap.mean(kurtosis)), f"{dips.max():.1f}", int(beyond)])
    z = np.linspace(-6, 6, 300)
    for panel in axes:
        panel.plot(z, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), "k-", lw=0.8, label="Gaussian")
        panel.set(xlabel="(E − ⟨E⟩) / σ", xlim=(-6, 11))
    axes[0].set(ylabel="P(E) σ")
    axes[1].set(yscale="log", ylim=(1e-5, 1))
    axes[0].legend(frameon=False, fontsize=8)
    rap.table(["N", "p", "samples", "weights", "polarised branch, σ", "paramagnetic branch, σ", "Var(H)/n", "skewness", "excess kurtosis",
               "deepest dip, errors", "sweeps at the paramagnetic branch"], lines)
    rap.save(figure, "energies")


main()
