"""Does the model's p_c say where a trained network breaks? (docs/learning.md)

Reads results/does-p_c-tell-trained/training_results.csv and results/does-p_c-tell/transitions.csv. A network breaks at the share of
removed connections at which its test error is half-way from what it was to chance, ½; shares between two of the ladder are interpolated,
trial by trial. The model's p_c, where the log Z of BP's branches cross along the dilution of layer 1, is at the ρ_l of the same
networks.
"""

import csv
from collections import defaultdict
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend is chosen before)

RESULTS = Path("results")
COLOURS = ["#0072b2", "#d55e00", "#1a1a1a", "#009999", "#882255", "#332288"]


def rows(path):
    csv.field_size_limit(1 << 30)
    with open(RESULTS / path, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def breaking_share(ladder):
    """Where the error is half-way to ½; None if it never is."""
    shares, errors = np.array(sorted(ladder)).T
    half = (errors[0] + 0.5) / 2
    above = np.flatnonzero(errors >= half)
    if not len(above):
        return None
    k = above[0]
    if k == 0:
        return shares[0]
    return shares[k - 1] + (half - errors[k - 1]) / (errors[k] - errors[k - 1]) * (shares[k] - shares[k - 1])


def mean(values):
    values = np.asarray(values, float)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))


def digits(value, error):
    """0.123(4): the error in units of the last digit."""
    places = max(0, int(np.ceil(-np.log10(error))))
    return f"{value:.{places}f}({round(error * 10**places)})"


trained = rows("does-p_c-tell-trained/training_results.csv")
rho, ladders = defaultdict(list), defaultdict(list)
for row in trained:
    rate = float(row["learning_rate"])
    if row["method"] == "training":
        rho[rate].append(float(row["activation"].strip("{}").split(",")[1]))
    else:
        ladders[rate, int(row["layer"]), int(row["sample"])].append((float(row["removed"]), float(row["test_error"])))
rates = sorted(rho)
broken = defaultdict(dict)
for rate in rates:
    for layer in (1, 2, 3):
        found = [breaking_share(ladder) for (r, l, _), ladder in ladders.items() if (r, l) == (rate, layer)]
        broken[layer][rate] = mean([share for share in found if share is not None])
model = defaultdict(dict)
for row in rows("does-p_c-tell/transitions.csv"):
    if row["axis"] == "dilution_1" and row["crossing"]:
        rho_2 = float(row["activation_2"])
        model[float(row["beta"])][rho_2] = float(row["crossing"]), float(row["crossing_error"] or 0)

figure, axis = plt.subplots(figsize=(6.4, 4.6))
for colour, layer in zip(COLOURS, (1, 2, 3)):
    x = [mean(rho[rate]) for rate in rates]
    y = [broken[layer][rate] for rate in rates]
    axis.errorbar([v for v, _ in x], [v for v, _ in y], xerr=[e for _, e in x], yerr=[e for _, e in y], color=colour, marker="o",
                  markersize=4, capsize=2, label=f"trained networks, layer {layer}")
for k, (beta, line) in enumerate(sorted(model.items())):
    x = sorted(line)
    axis.errorbar(x, [line[v][0] for v in x], yerr=[line[v][1] for v in x], color=plt.cm.viridis(k / len(model)), linestyle="--",
                  marker="s", markersize=3, label=f"the model's p_c, β = {beta:g}")
axis.set(xlabel="activation  ρ₂", ylabel="share of connections removed", ylim=(0, 1))
axis.set_title("Where trained networks break, and the model's p_c\n"
               "n = 50, 200 trials (seed 1), p_c by BP, 8 samples (seed 1); bars: ± 1 s.e.", fontsize=9)
axis.legend(fontsize=7, frameon=False)
figure.tight_layout()
for ending in ("svg", "png"):
    figure.savefig(RESULTS / f"does-p_c-tell/does-p_c-tell.{ending}", dpi=150)

betas = sorted(model)
print("| learning rate | ρ₂ | layer 1 breaks | layer 2 | layer 3 | " + " | ".join(f"model, β = {beta:g}" for beta in betas) + " |")
print("|---" * (5 + len(betas)) + "|")


def at(beta, rate):
    """The model's p_c at the ρ₂ of a learning rate; None where it has none between the ends of its axis."""
    value, _ = mean(rho[rate])
    return next((line for x, line in model[beta].items() if abs(x - value) < 0.001), None)


for rate in rates:
    cells = [f"{rate:g}", digits(*mean(rho[rate]))] + [digits(*broken[layer][rate]) for layer in (1, 2, 3)]
    cells += [digits(*at(beta, rate)) if at(beta, rate) else "–" for beta in betas]
    print("| " + " | ".join(cells) + " |")
print()
for beta in betas:
    pairs = [(at(beta, rate)[0], broken[1][rate][0]) for rate in rates if at(beta, rate)]
    correlation = np.corrcoef(*zip(*pairs))[0, 1]
    print(f"β = {beta:g}: over {len(pairs)} learning rates, p_c and the share at which layer 1 breaks are correlated by {correlation:.2f}")
