"""Trains what `train-students` trains with PyTorch and JAX: see dev/compare-training.

Curves: from the same start, along the same batches, the mean loss after each epoch must agree to 1e-4 over 100 steps.

Speed: on one core and with one thread, ours and theirs by turns. Printed are medians over the rounds of their time a
student by ours, so 10 means that ours trains ten students while they train one. What is timed:

    eager        one student at a time, autograd, the fused Adam
    foreach      the same with the Adam of lists of tensors
    compiled     one at a time; forward, backward and Adam compiled into one function by torch.compile (needs a C++ compiler)
    epochs       the same with the 20 steps of an epoch in one function (its slowest to compile: minutes)
    bmm          all students in one batched product, autograd, the fused Adam
    bmm compiled the same, compiled as above
    bmm epochs   the same, the steps of an epoch in one function
    vmap         torch.func.vmap of a student's gradient, the fused Adam
    jax          one at a time, the whole training in one jit
    jax vmap     all students at once, jit of vmap of that

Drawing patterns, compiling and a first run are not timed, for any of them. Ours is measured in CPU time, and theirs in
whichever is less, CPU time or what passes: other programs on the machine take no part of either.
"""

import argparse
import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CORE = max(os.sched_getaffinity(0))
os.sched_setaffinity(0, {CORE})
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", JAX_PLATFORMS="cpu")
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
LOSSES = ["absolute", "hinge", "squared", "cross_entropy"]
RATE = {"adam": 0.003, "sgd": 0.05}
TEACHER, DIGITS = [50, 50, 50, 1], [64, 50, 50, 10]


def targets(labels, outputs):
    """±1 for each output."""
    signs = np.where(labels[:, None] == np.arange(outputs), 1.0, -1.0) if outputs > 1 else 2.0 * labels[:, None] - 1.0
    return signs.astype(np.float32)


def forward(weights, x):
    """f of patterns; with a leading axis of students, all at once."""
    for w in weights[:-1]:
        x = torch.relu(x @ w)
    return x @ weights[-1]


def torch_loss(name, f, t):
    """Of each student: the mean over patterns and outputs. `t` has +1 at the class."""
    if name == "absolute":
        return (f - t).abs().mean((-1, -2))
    if name == "hinge":
        return (1 - t * f).clamp(min=0).mean((-1, -2))
    if name == "squared":
        return (f - t).square().mean((-1, -2))
    if f.shape[-1] == 1:
        return F.softplus(-t * f).mean((-1, -2))
    return -(torch.log_softmax(f, -1) * (t + 1) / 2).sum(-1).mean(-1)


# Curves ---------------------------------------------------------------------------------------------------------------


def exported(binary, folder, widths, *options):
    """What `train-students export` wrote: inputs, targets, weights, orders, losses."""
    subprocess.run([binary, "export", folder, *options], check=True)
    inputs = np.fromfile(folder / "inputs.f32", "<f4").reshape(-1, widths[0])
    labels = np.fromfile(folder / "labels.u32", "<u4").astype(int)
    numbers, weights = np.fromfile(folder / "start.f32", "<f4"), []
    for rows, columns in zip(widths, widths[1:]):
        weights.append(numbers[: rows * columns].reshape(rows, columns))
        numbers = numbers[rows * columns :]
    order = np.fromfile(folder / "order.u32", "<u4").astype(int).reshape(-1, len(labels))
    return inputs, targets(labels, widths[-1]), weights, order, np.fromfile(folder / "losses.f64", "<f8")


def curve(name, optimiser, data, batch):
    """The losses that PyTorch finds."""
    inputs, signs, weights, order, _ = data
    x, t = torch.from_numpy(inputs), torch.from_numpy(signs)
    weights = [torch.from_numpy(w.copy()).requires_grad_() for w in weights]
    kind = torch.optim.Adam if optimiser == "adam" else torch.optim.SGD
    step = kind(weights, lr=RATE[optimiser])
    losses = [torch_loss(name, forward(weights, x), t).item()]
    for epoch in order:
        for chosen in torch.from_numpy(epoch).split(batch):
            step.zero_grad()
            torch_loss(name, forward(weights, x[chosen]), t[chosen]).backward()
            step.step()
        losses.append(torch_loss(name, forward(weights, x), t).item())
    return np.array(losses)


def compare_curves(binary):
    """Prints the largest difference of each pair of curves; returns whether all are small."""
    batch, all_agree = 50, True
    for widths in [TEACHER, DIGITS]:
        for optimiser in ["adam", "sgd"]:
            for name in LOSSES:
                options = f"--patterns 100 --batch {batch} --epochs 50 --loss {name} --optimiser {optimiser}".split()
                options += ["--rate", str(RATE[optimiser])] + ["--digits"] * (widths == DIGITS)
                with tempfile.TemporaryDirectory() as folder:
                    data = exported(binary, Path(folder), widths, *options)
                difference = np.abs(curve(name, optimiser, data, batch) - data[-1]).max()
                all_agree &= bool(difference < 1e-4)
                print(f"{widths} {optimiser:4} {name:13} loss {data[-1][0]:.4f} to {data[-1][-1]:.4f}, "
                      f"differs by {difference:.1e}", flush=True)
    return all_agree


# Speed ----------------------------------------------------------------------------------------------------------------


class Work:
    """Students to be trained by Adam, with patterns and a start of their own each."""

    def __init__(self, widths, loss, students, epochs, patterns=1000, batch=50, rate=0.01):
        random = np.random.default_rng(0)
        self.widths, self.loss, self.students, self.epochs = widths, loss, students, epochs
        self.patterns, self.batch, self.rate = patterns, batch, rate
        self.inputs = np.sign(random.normal(size=(students, patterns, widths[0]))).astype(np.float32)
        labels = random.integers(0, max(2, widths[-1]), students * patterns)
        self.targets = targets(labels, widths[-1]).reshape(students, patterns, -1)
        self.start = [
            (random.normal(size=(students, rows, columns)) * np.sqrt(2 / rows)).astype(np.float32)
            for rows, columns in zip(widths, widths[1:])
        ]

    def batches(self, x, t):
        """The batches of all epochs; x and t are of one student, or of all."""
        for _ in range(self.epochs):
            order = torch.randperm(self.patterns)
            mixed = x[..., order, :], t[..., order, :]
            yield from zip(*(part.split(self.batch, -2) for part in mixed))


def adam_step(weights, means, squares, gradient, powers, rate):
    """One step of Adam, written out for compilers; `powers` are 1 − β^t."""
    means = [0.9 * m + 0.1 * g for m, g in zip(means, gradient)]
    squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, gradient)]
    root = powers[1] ** 0.5
    weights = [w - rate / powers[0] * (m / (v**0.5 / root + 1e-8)) for w, m, v in zip(weights, means, squares)]
    return weights, means, squares


def eager(work, x, t, start, **adam):
    weights = [w.clone().requires_grad_() for w in start]
    step = torch.optim.Adam(weights, lr=work.rate, **adam)
    for x, t in work.batches(x, t):
        step.zero_grad()
        torch_loss(work.loss, forward(weights, x), t).sum().backward()
        step.step()


def vmapped(work, x, t, start):
    weights = [w.clone().requires_grad_() for w in start]
    step = torch.optim.Adam(weights, lr=work.rate, fused=True)
    gradient = torch.func.vmap(torch.func.grad(lambda w, x, t: torch_loss(work.loss, forward(w, x), t)))
    for x, t in work.batches(x, t):
        for weight, slope in zip(weights, gradient([w.detach() for w in weights], x, t)):
            weight.grad = slope
        step.step()


@functools.cache
def compiled_step(loss, rate):
    def step(weights, means, squares, powers, x, t):
        gradient = torch.func.grad(lambda w: torch_loss(loss, forward(w, x), t).sum())(weights)
        return adam_step(weights, means, squares, gradient, powers, rate)

    return torch.compile(step, fullgraph=True)


def compiled(work, x, t, start):
    step, weights = compiled_step(work.loss, work.rate), list(start)
    means, squares = [[torch.zeros_like(w) for w in start] for _ in range(2)]
    betas = torch.tensor([0.9, 0.999])
    with torch.no_grad():
        for count, (x, t) in enumerate(work.batches(x, t), 1):
            weights, means, squares = step(weights, means, squares, 1 - betas**count, x, t)


@functools.cache
def compiled_epoch(loss, rate):
    def epoch(weights, means, squares, powers, xs, ts):
        for x, t, power in zip(xs.unbind(), ts.unbind(), powers.unbind()):
            gradient = torch.func.grad(lambda w: torch_loss(loss, forward(w, x), t).sum())(weights)
            weights, means, squares = adam_step(weights, means, squares, gradient, power, rate)
        return weights, means, squares

    return torch.compile(epoch, fullgraph=True, dynamic=False, options={"cpp_wrapper": True})


def by_epochs(work, x, t, start):
    """All steps of an epoch compiled into one function."""
    batches, weights = list(work.batches(x, t)), list(start)
    means, squares = [[torch.zeros_like(w) for w in start] for _ in range(2)]
    steps = len(batches) // work.epochs
    epoch, betas = compiled_epoch(work.loss, work.rate), torch.tensor([0.9, 0.999])
    with torch.no_grad():
        for first in range(0, len(batches), steps):
            xs, ts = (torch.stack(parts) for parts in zip(*batches[first:first + steps]))
            powers = 1 - betas ** torch.arange(first + 1, first + steps + 1)[:, None]
            weights, means, squares = epoch(weights, means, squares, powers, xs, ts)


def jax_training(work):
    """A student's whole training as one function of patterns, targets, start and orders."""

    def loss(weights, x, t):
        for w in weights[:-1]:
            x = jax.nn.relu(x @ w)
        f = x @ weights[-1]
        if work.loss == "absolute":
            return jnp.abs(f - t).mean()
        return -(jax.nn.log_softmax(f, -1) * (t + 1) / 2).sum(-1).mean()

    def train(x, t, start, orders):
        def step(state, chosen):
            weights, means, squares, beta = state
            beta = beta * jnp.array([0.9, 0.999])
            gradient = jax.grad(loss)(weights, x[chosen], t[chosen])
            return (*adam_step(weights, means, squares, gradient, 1 - beta, work.rate), beta), None

        zeros = [jnp.zeros_like(w) for w in start]
        return jax.lax.scan(step, (start, zeros, zeros, jnp.ones(2)), orders)[0][0]

    return train


def jax_contenders(work):
    random = np.random.default_rng(1)
    orders = random.permuted(np.tile(np.arange(work.patterns), (work.students, work.epochs, 1)), axis=2)
    orders = orders.reshape(work.students, -1, work.batch).astype(np.int32)
    data = jax.tree.map(jnp.asarray, (work.inputs, work.targets, work.start, orders))
    one, all_at_once = jax.jit(jax_training(work)), jax.jit(jax.vmap(jax_training(work)))

    def single():
        students = 4
        for k in range(students):
            jax.block_until_ready(one(*jax.tree.map(lambda part: part[k], data)))
        return students

    def together():
        jax.block_until_ready(all_at_once(*data))
        return work.students

    return {"jax": single, "jax vmap": together}


def torch_contenders(work):
    data = [torch.from_numpy(part) for part in (work.inputs, work.targets)]
    start = [torch.from_numpy(w) for w in work.start]

    def single(train, **options):
        train(work, data[0][0], data[1][0], [w[0] for w in start], **options)
        return 1

    def together(train, **options):
        train(work, *data, start, **options)
        return work.students

    return {
        "eager": lambda: single(eager, fused=True),
        "foreach": lambda: single(eager, foreach=True),
        "compiled": lambda: single(compiled),
        "epochs": lambda: single(by_epochs),
        "bmm": lambda: together(eager, fused=True),
        "bmm compiled": lambda: together(compiled),
        "bmm epochs": lambda: together(by_epochs),
        "vmap": lambda: together(vmapped),
    }


def compare_speed(binary, title, work, rounds, *options):
    contenders = torch_contenders(work) | jax_contenders(work)
    for train in contenders.values():
        train()

    def ours():
        command = [binary, "time", *options, "--loss", work.loss, "--epochs", str(work.epochs), "--students", "20"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0])

    ratios, times = {name: [] for name in contenders}, {name: [] for name in contenders}
    mine = []
    for _ in range(rounds):
        for name, train in contenders.items():
            before, start = ours(), (time.perf_counter(), time.process_time())
            students = train()
            end = time.perf_counter(), time.process_time()
            theirs, after = min(end[0] - start[0], end[1] - start[1]) / students, ours()
            mine += [before, after]
            times[name].append(theirs)
            ratios[name].append(2 * theirs / (before + after))
    print(f"{title}: ours {1 / statistics.median(mine):.1f} students a second")
    for name in contenders:
        low, *_, high = sorted(ratios[name])
        print(f"    {name:13} {1 / statistics.median(times[name]):6.1f} a second; ours is faster by "
              f"{statistics.median(ratios[name]):.2f} ({low:.2f} to {high:.2f})", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--students", type=int, default=32)
    arguments.add_argument("--epochs", type=int, default=20)
    arguments.add_argument("--skip", choices=["curves", "speed"])
    given = arguments.parse_args()
    print(f"PyTorch {torch.__version__}, JAX {jax.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}; "
          f"one thread on one core", flush=True)
    if given.skip != "curves" and not compare_curves(given.binary):
        sys.exit("compare-training: the curves differ by 1e-4 or more")
    if given.skip != "speed":
        size = given.students, given.epochs
        compare_speed(given.binary, "50-50-50-1, P = 1000, batch 50, |f − t|",
                      Work(TEACHER, "absolute", *size), given.rounds)
        compare_speed(given.binary, "digits 64-50-50-10, P = 1000, batch 50, cross entropy",
                      Work(DIGITS, "cross_entropy", *size), given.rounds, "--digits")


main()
