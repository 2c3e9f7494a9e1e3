"""The locked limit in three ensembles, and the transition that the fourth has: tables and figure `ensembles`."""

import numpy as np
import rap
from rap import plt

DEGREE = 2  # λ, of ensembles-independent.toml


def differences(axes):
    groups = rap.grouped(rap.rows("ensembles", "ensembles.csv"),
                         lambda row: (row["ensemble"], row["activation_2"], row["beta"]))
    widths = sorted({int(row["n_0"]) for rows in groups.values() for row in rows})
    lines = []
    for (ensemble, rho_2, beta), rows in groups.items():
        by_width = rap.grouped(rows, lambda row: int(row["n_0"]))
        found = [rap.mean([row["energy"] - row["locked_energy"] for row in by_width[n]]) for n in widths]
        lines.append([ensemble, f"{rho_2:g}", f"{beta:g}", *(small(*value) for value in found)])
        if rho_2 == 0.2:
            value, error = np.array(found).T
            colour = {"branching": 0, "synapse": 4, "unit": 2}[ensemble]
            shown = value > 1e-9
            axes.errorbar(np.array(widths)[shown], value[shown], error[shown], color=rap.COLOURS[colour], lw=0.8,
                          fmt={0.3: "o-", 0.5: "s-", 1: "^-"}[beta], label=f"{ensemble}, β = {beta:g}")
    axes.set(xscale="log", yscale="log", xlabel="N", ylabel="(exact − locked energy) per weight", ylim=(1e-8, 1))
    axes.set_xticks(widths, [str(n) for n in widths])
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=6.5, loc="lower center", bbox_to_anchor=(0.5, 1), ncol=3)
    print("Exact energy less the locked one, instance by instance, means over the samples:\n")
    rap.table(["ensemble", "ρ_2", "β", *(f"N = {n}" for n in widths)], lines)


def small(value, error):
    return rap.digits(value, error) if value > 5e-5 else "< 0.00005"


def independent(heat, susceptibility):
    critical = np.arctanh(1 / DEGREE)
    groups = rap.grouped(rap.rows("ensembles-independent", "results.csv"), rap.width)
    curves = {}
    for colour, (n, rows) in zip(rap.COLOURS, groups.items()):
        by_beta = rap.grouped(rows, lambda row: row["beta"])
        betas = np.array(list(by_beta))
        scaled = np.array([[row["system_susceptibility"] / np.sqrt(n) for row in of] for of in by_beta.values()])
        curves[n] = betas, scaled
        heat.errorbar(betas, *np.array([rap.mean([row["specific_heat"] for row in of]) for of in by_beta.values()]).T,
                      fmt="o-", lw=0.8, color=colour, label=f"N = {n}")
        susceptibility.errorbar(betas, *np.array([rap.mean(at) for at in scaled]).T, fmt="o-", lw=0.8, color=colour,
                                label=f"N = {n}")
    for axes, name in ((heat, "specific heat per weight"), (susceptibility, "system susceptibility / √N")):
        axes.axvline(critical, color="k", lw=0.8, ls=":")
        axes.set(xlabel="β", ylabel=name, title=f"independent, λ = {DEGREE}")
        axes.legend(frameon=False, fontsize=8)
    print(f"`independent`: crossings of χ/√N, expected in the limit at artanh(1/λ) = {critical:.4f}:\n")
    rap.table(["widths", "crossing"], [[f"{a}, {b}", rap.digits(*rap.crossing(curves[a], curves[b]))]
                                       for a, b in zip(list(curves), list(curves)[1:])])


figure, axes = plt.subplots(1, 3, figsize=(11, 3.8))
differences(axes[0])
independent(axes[1], axes[2])
rap.save(figure, "ensembles")
