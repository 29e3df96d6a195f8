"""How well assays give back the separation factors behind them: a circuit of 60 stages and five elements with
5 % noise on both phases of every fifth stage, β known to 20 % before, entrainment and efficiency unknown.

    python benchmarks/separation_calibration.py [plants]
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from mine2magnet.separation.calibration import fit
from tests.separation.running_cut import LN_BETA, circuit


def main(plants: int) -> None:
    """Print by factor the largest miss, the stated error and how often it was called identified."""
    off, errors, known, seconds = [], [], [], []
    for seed in range(plants):
        made = circuit(seed)
        begun = process_time()
        found = fit(made.running, made.assays)
        seconds.append(process_time() - begun)
        off.append(np.abs(found.values[:4] - LN_BETA))
        errors.append(found.errors[:4])
        known.append(found.identified[:4])
    misses, identified = np.array(off), np.array(known)
    print(
        f"{plants} plants, {len(made.assays.value)} assays each; {np.median(seconds):.2f} s, at most "
        f"{max(seconds):.2f}"
    )
    print("true β            ", *(f"{b:8.2f}" for b in np.exp(LN_BETA)))
    print("largest miss, %   ", *(f"{100 * v:8.2f}" for v in misses.max(axis=0)))
    print("stated error, %   ", *(f"{100 * v:8.2f}" for v in np.median(errors, axis=0)))
    print("identified, %     ", *(f"{100 * v:8.0f}" for v in identified.mean(axis=0)))
    print(f"of those called identified within 3 %: {100 * (misses[identified] < 0.03).mean():.1f} %")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
