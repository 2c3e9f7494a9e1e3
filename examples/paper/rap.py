"""What the scripts of this folder share: reading results, closed forms, errors.

Symbols as in docs/paper.md: N is the width, p the dilution of the first weight layer, c = N (1 − p) ρ_1 the mean number of
first-layer weights of a system.
"""

import csv
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend is chosen before)

RESULTS = Path("results")
COLOURS = ["#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#333333", "#bbbbbb"]
plt.rcParams.update({"font.size": 9, "axes.prop_cycle": plt.cycler(color=COLOURS), "lines.markersize": 4})


def rows(name, file):
    """The rows of results/paper-NAME/FILE, numbers as numbers."""
    csv.field_size_limit(1 << 30)
    with open(RESULTS / f"paper-{name}" / file, newline="", encoding="utf-8") as lines:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(lines)]


def number(text):
    """A number where it is one, NaN where there is nothing, else the text."""
    try:
        return float(text or "nan")
    except ValueError:
        return text


def width(row):
    """n_0 of a row: its widths are written 40-40-40-1 or 40,40,40,1."""
    return int(row["widths"].replace("-", ",").split(",")[0])


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return dict(sorted(groups.items()))


def mean(values):
    """Mean and standard error from the spread."""
    values = np.asarray(values, float)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return values.mean(), error


def digits(value, error):
    """0.123(4): the error in units of the last digit, with two digits where it begins with 1."""
    if not np.isfinite(value) or not np.isfinite(error):
        return "" if not np.isfinite(value) else f"{value:.3g}"
    if error <= 0:
        return f"{value:g}"
    exponent = int(np.floor(np.log10(error)))
    places = max(0, -exponent + (error / 10.0**exponent < 1.95))
    shown = round(error * 10**places)
    return f"{value:.{places}f}({shown})" if places else f"{value:.0f}({error:.0f})"


def table(head, lines):
    """A table in Markdown, for docs/paper.md."""
    for cells in [head, ["---"] * len(head), *lines]:
        print("| " + " | ".join(str(cell) for cell in cells) + " |")
    print()


def poisson(mean_value, most=400):
    f = np.arange(most)
    logs = f * np.log(mean_value) - mean_value - np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most)))])
    return f, np.exp(logs)


def locked(c, beta, rho_2, n=np.inf):
    """Energy and specific heat per weight where all W¹ of a unit are locked; of width n, where it is given, in the number of
    weights, n² P(f ≥ 1) + n c + n. f ~ Poisson(c ρ_2) is the number of W¹ that a v[j,k] couples to."""
    f, share = poisson(c * rho_2)
    weights = 1 - share[0] + (c + 1) / n
    energy = -(share * f * np.tanh(beta * f)).sum() / weights
    heat = beta**2 * (share * f**2 / np.cosh(np.minimum(beta * f, 300)) ** 2).sum() / weights
    return energy, heat


def crossing(first, second, resamplings=400):
    """Where two curves (abscissae, samples at each) cross: where the line between the points around the last change of sign of
    their difference is 0. Its error is from resampled samples, whole curves at a time: those of one sample belong together."""
    random = np.random.default_rng(2018)

    def cross(draw):
        difference = draw(second) - draw(first)
        sign = np.flatnonzero((difference[:-1] < 0) & (difference[1:] >= 0))
        if not len(sign):
            return np.nan
        at = slice(sign[-1], sign[-1] + 2)
        return np.interp(0, difference[at], first[0][at])

    def resampled(curve):
        samples = curve[1]
        return samples[:, random.integers(samples.shape[1], size=samples.shape[1])].mean(1)

    return cross(lambda curve: curve[1].mean(1)), np.nanstd([cross(resampled) for _ in range(resamplings)], ddof=1)


def save(figure, name):
    figure.tight_layout()
    path = RESULTS / f"paper-{name}" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    print(f"drawn: {path}")
