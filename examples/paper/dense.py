"""The dense scaling β = b/N: a bipartite Curie–Weiss ferromagnet for every unit. Tables and figure `dense`.

In `synapse` a unit's system is the complete bipartite graph of n_x ~ Binomial(N, s) first-layer weights, s = (1 − p) ρ_1, and
n_y ~ Binomial(N, ρ_2) products v[j,k], so that its magnetisations are summed here in closed form at every N. The spins' moment
is that of both sides together.
"""

from math import lgamma

import numpy as np
import rap
from rap import plt

S, RHO_2 = 0.25, 0.2
CRITICAL = {"branching": 1 / (RHO_2 * np.sqrt(S)), "synapse": 1 / np.sqrt(S * RHO_2)}


def choose(n):
    """ln of the binomials of n, and the magnetisation of each: n − 2k."""
    k = np.arange(n + 1)
    return np.array([lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) for i in k]), n - 2 * k


def binomial(n, probability):
    logs, _ = choose(n)
    k = np.arange(n + 1)
    return np.exp(logs + k * np.log(probability) + (n - k) * np.log1p(-probability))


def bipartite(x, y, beta):
    """Mean of Σ w v, its variance, and the squared moment of the complete bipartite graph of x and y spins."""
    (logs_x, m_x), (logs_y, m_y) = choose(x), choose(y)
    product = np.outer(m_x, m_y).astype(float)
    logs = logs_x[:, None] + logs_y[None, :] + beta * product
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean = (weight * product).sum()
    return mean, (weight * product**2).sum() - mean**2, (weight * np.add.outer(m_x, m_y) ** 2).sum()


def curie_weiss(n, beta):
    """Energy, its variance and susceptibility per weight of `synapse`: means over n_x and n_y of sums over magnetisations."""
    totals, weights = np.zeros(3), 1.0
    sides = [binomial(n, S), binomial(n, RHO_2)]
    for x in range(1, n + 1):
        for y in range(1, n + 1):
            share = sides[0][x] * sides[1][y]
            if share < 1e-7:
                continue
            mean, variance, moment = bipartite(x, y, beta)
            totals += share * np.array([-mean, variance, moment])
            weights += share * (x + y)
    return totals / weights


def largest_heat(n):
    """The largest specific heat per weight of the complete bipartite graph of sN and ρ_2 N spins, over b."""
    x, y = round(S * n), round(RHO_2 * n)
    return max((b / n) ** 2 * bipartite(x, y, b / n)[1] / (x + y) for b in np.arange(4.0, 8.01, 0.05))


def closed_crossing(a, b, low=3.5, high=5.5):
    """Where χ/√N of `synapse` at two widths are equal, by bisection."""
    scaled = lambda at, n: curie_weiss(n, at / n)[2] / np.sqrt(n)
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if scaled(middle, b) > scaled(middle, a) else (middle, high)
    return f"{(low + high) / 2:.2f}"


def curves(ensemble, n):
    by_beta = rap.grouped(rap.rows(f"dense-{ensemble}-{n:03}", "results.csv"), lambda row: row["beta"])
    b = np.array(list(by_beta)) * n
    of = lambda column: np.array([[row[column] for row in rows] for rows in by_beta.values()])
    return b, of


def main():
    figure, axes = plt.subplots(2, 2, figsize=(8.4, 6.4))
    crossings, checks = [], []
    for row, ensemble in zip(axes, CRITICAL):
        scaled = {}
        for colour, n in zip(rap.COLOURS, (25, 50, 100)):
            b, of = curves(ensemble, n)
            scaled[n] = b, of("system_susceptibility") / np.sqrt(n)
            style = dict(color=colour, label=f"N = {n}")
            joined = "o" if ensemble == "synapse" else "o-"
            heat = np.array([rap.mean(at) for at in of("specific_heat")]).T
            row[0].errorbar(b, *heat, fmt=joined, lw=0.8, **style)
            row[1].errorbar(b, *np.array([rap.mean(at) for at in scaled[n][1]]).T, fmt=joined, lw=0.8, **style)
            if ensemble == "synapse":
                closed = np.array([curie_weiss(n, at / n) for at in b])
                row[0].plot(b, (b / n) ** 2 * closed[:, 1], color=colour, lw=0.8)
                row[1].plot(b, closed[:, 2] / np.sqrt(n), color=colour, lw=0.8)
                energy = np.array([rap.mean(at) for at in of("energy_per_weight")]).T
                checks.append(np.abs(energy[0] - closed[:, 0]) / energy[1])
        for panel, name in zip(row, ("specific heat per weight", "system susceptibility / √N")):
            panel.axvline(CRITICAL[ensemble], color="k", lw=0.8, ls=":")
            panel.set(xlabel="b = βN", ylabel=name, title=ensemble)
            panel.legend(frameon=False, fontsize=8)
        for a, b in ((25, 50), (50, 100)):
            closed_form = closed_crossing(a, b) if ensemble == "synapse" else ""
            crossings.append([ensemble, f"{a}, {b}", rap.digits(*rap.crossing(scaled[a], scaled[b])), closed_form,
                              f"{CRITICAL[ensemble]:.3f}"])
    rap.table(["ensemble", "N", "χ/√N cross at b", "closed form", "limit"], crossings)
    jumps = [6 * S / (1 + S) ** 2, 6 * S * RHO_2 / (S + RHO_2) ** 2]
    print("jump of the specific heat in mean field: branching {:.2f}, synapse {:.2f}".format(*jumps))
    rap.table(["N"] + [str(n) for n in (100, 200, 400, 800, 1600)],
              [["largest specific heat, s N and ρ_2 N spins"] + [f"{largest_heat(n):.2f}" for n in (100, 200, 400, 800, 1600)]])
    deviations = np.concatenate(checks)
    print(f"synapse, energies against the closed form: {len(deviations)} points, the worst off by {deviations.max():.1f} "
          f"standard errors of the disorder, {np.mean(deviations < 1):.0%} within one\n")
    rap.save(figure, "dense")


main()
