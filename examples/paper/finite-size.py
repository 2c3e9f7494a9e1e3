"""Where BP's first-order transition goes as N grows: the table and the figure `finite-size` of docs/paper.md.

In the limit of locked systems the polarised branch has one of 2^h equal states. Its raw log Z equals that of the paramagnet at

    N E[ln cosh βf − f ln cosh β] = ln 2 (c − c e^(−c) + 1),    f ~ Poisson(c ρ_2):

on the left what a unit's system gains by order, on the right what the raw count loses, ln 2 for every ordered W¹ (those that
are not alone in their system) and for the W³, N of them among N systems.
"""

import numpy as np
import rap
from rap import plt

BETA, RHO_1, RHO_2 = 0.5, 0.5, 0.2


def balance(c, n):
    f, share = rap.poisson(c * RHO_2)
    gain = (share * (np.log(np.cosh(BETA * f.clip(max=1000))) - f * np.log(np.cosh(BETA)))).sum()
    return n * gain - np.log(2) * (c - c * np.exp(-c) + 1)


def predicted(n):
    """The c of equal log Z, by bisection."""
    low, high = 1e-3, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if balance(middle, n) > 0 else (middle, high)
    return low


def alpha(c, n):
    return c * RHO_2 / (1 - np.exp(-c * RHO_2) + (c + 1) / n)


def alpha_at(points, p, error):
    """α of the mean over samples at p, between grid points, with its spread over samples and what the error of p adds."""
    dilutions = np.array(list(points))
    values = [rap.mean(alphas) for alphas in points.values()]
    means, errors = np.array(values).T
    slope = np.polyfit(dilutions, means, 1)[0]
    return np.interp(p, dilutions, means), np.hypot(slope * error, np.interp(p, dilutions, errors))


def main():
    transitions = {rap.width({"widths": row["structure"].split()[0]}): row
                   for row in rap.rows("finite-size", "finite-size.csv")}
    samples = rap.grouped(rap.rows("finite-size", "results.csv"), rap.width)
    lines, found = [], []
    for n, row in sorted(transitions.items()):
        points = {}
        for sample in samples[n]:
            if sample["branch"] == "paramagnetic":
                points.setdefault(sample["dilution_1"], []).append(sample["alpha"])
        points = dict(sorted(points.items()))
        p, p_error = row["crossing"], row["crossing_error"]
        a, a_error = alpha_at(points, p, p_error)
        c, c_error = n * (1 - p) * RHO_1, n * p_error * RHO_1
        spinodal = n * (1 - row["ordering"]) * RHO_1, n * row["ordering_error"] * RHO_1
        found.append((n, c, c_error, a, a_error, *spinodal, row["latent_heat_per_weight"], row["latent_heat_error"]))
        digits = rap.digits
        lines.append([n, digits(p, p_error), digits(c, c_error), f"{predicted(n):.2f}", digits(a, a_error),
                      digits(row["latent_heat_per_weight"], row["latent_heat_error"]),
                      digits(row["ordering"], row["ordering_error"]), digits(*spinodal)])
    rap.table(["N", "p_c", "c at p_c", "c, locked limit", "α at p_c", "latent heat", "spinodal", "c at the spinodal"], lines)
    draw(np.array(found))


def draw(found):
    n, c, c_error, a, a_error, spinodal, spinodal_error, heat, heat_error = found.T
    wide = np.geomspace(24, 3000, 60)
    limit = np.array([predicted(width) for width in wide])
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4))
    left.errorbar(n, c, c_error, fmt="o", color=rap.COLOURS[0], label="raw log Z cross: p_c")
    left.errorbar(n, spinodal, spinodal_error, fmt="s", mfc="none", color=rap.COLOURS[4], label="ordered branch ends")
    left.plot(wide, limit, color=rap.COLOURS[0], lw=1, label="p_c, locked limit")
    left.set(xscale="log", yscale="log", xlabel="N", ylabel="W¹ a system, c = N (1 − p) ρ₁")
    right.errorbar(n, a - 1, a_error, fmt="o", color=rap.COLOURS[0], label="α − 1 at p_c")
    right.plot(wide, [alpha(c, n) - 1 for c, n in zip(limit, wide)], color=rap.COLOURS[0], lw=1, label="α − 1, locked limit")
    right.errorbar(n, heat, heat_error, fmt="d", mfc="none", color=rap.COLOURS[2], label="latent heat a weight")
    right.set(xscale="log", yscale="log", xlabel="N")
    for axes in (left, right):
        axes.legend(frameon=False, fontsize=8)
        axes.set_xticks([30, 100, 300, 1000, 3000], ["30", "100", "300", "1000", "3000"])
        axes.minorticks_off()
    left.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    right.set_yticks([0.03, 0.1, 0.3], ["0.03", "0.1", "0.3"])
    rap.save(figure, "finite-size")


main()
