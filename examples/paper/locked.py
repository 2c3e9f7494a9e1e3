"""Exact energy and specific heat at fixed β against c, and the limit of locked systems: figure and tables `locked`."""

import numpy as np
import rap
from rap import plt

BETA, RHO_1, RHO_2 = 0.5, 0.5, 0.2


def main():
    points = {}
    for row in rap.rows("locked", "locked.csv"):
        n = int(row["n_0"])
        c = round(n * (1 - row["dilution_1"]) * RHO_1, 6)
        points.setdefault(n, {}).setdefault(c, []).append(row)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4))
    means, peaks = [], []
    for colour, (n, by_c) in zip(rap.COLOURS, sorted(points.items())):
        cs = np.array(sorted(by_c))
        of = lambda what: np.array([rap.mean([what(row) for row in by_c[c]]) for c in cs]).T
        heat, heat_error = of(lambda row: row["specific_heat"])
        for axes, (value, error) in ((left, of(lambda row: row["energy"])), (right, (heat, heat_error))):
            axes.errorbar(cs, value, error, fmt="o", ms=3, color=colour, label=f"N = {n}")
        difference, error = of(lambda row: row["energy"] - row["locked_energy"])
        formula = [rap.locked(c, BETA, RHO_2, n)[0] for c in cs]
        means.append([n, *(rap.digits(difference[at], error[at]) for at in (cs.searchsorted(x) for x in (1, 2.5, 5, 10)))])
        peak = heat.argmax()
        peaks.append([n, rap.digits(heat[peak], heat_error[peak]), f"{cs[peak]:g}",
                      rap.digits(heat[cs.searchsorted(10)], heat_error[cs.searchsorted(10)])])
        locked_energy, spread = of(lambda row: row["locked_energy"])
        assert np.all(np.abs(locked_energy - formula) < 5 * spread + 0.003 * np.abs(formula)), "closed form ≠ its instances"
    cs = np.linspace(0.02, 12.5, 300)
    limit = np.array([rap.locked(c, BETA, RHO_2) for c in cs])
    for axes, values, name in ((left, limit[:, 0], "energy per weight"), (right, limit[:, 1], "specific heat per weight")):
        axes.plot(cs, values, "k-", lw=1, label="N → ∞")
        axes.set(xlabel="W¹ a system, c = N (1 − p) ρ₁", ylabel=name)
        axes.legend(frameon=False, fontsize=8)
    top = limit[:, 1].argmax()
    peaks.append(["∞", f"{limit[top, 1]:.4f}", f"{cs[top]:.1f}", f"{rap.locked(10, BETA, RHO_2)[1]:.4f}"])
    print("Exact energy less the locked one, instance by instance, means over the samples:\n")
    rap.table(["N", "c = 1", "c = 2.5", "c = 5", "c = 10"], means)
    print("The largest specific heat:\n")
    rap.table(["N", "largest", "at c", "at c = 10"], peaks)
    rap.save(figure, "locked")


main()
