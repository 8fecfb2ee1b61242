"""One fit by a Python peer, timed without reading: run by another interpreter, `PYTHON judging_peer.py NAME SCORES.csv`.

It imports nothing of this project, since the peers live in an environment of their own.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def mixed_lm(entry: Any, judge: Any, score: Any) -> tuple[float, Any, str]:
    """Entries fixed, judges random: one group, judges as its variance component."""
    import pandas as pd
    import statsmodels
    import statsmodels.formula.api as smf

    frame = pd.DataFrame({"entry": entry, "judge": judge, "score": score, "all": 1})
    began = time.perf_counter()
    model = smf.mixedlm(
        "score ~ 0 + C(entry)", frame, groups="all", re_formula="0", vc_formula={"judge": "0 + C(judge)"}
    )
    found = model.fit(reml=True)
    return time.perf_counter() - began, np.asarray(found.fe_params), f"statsmodels {statsmodels.__version__}"


def feols(entry: Any, judge: Any, score: Any) -> tuple[float, Any, str]:
    """Least squares: both sides absorbed, then read back."""
    import pandas as pd
    import pyfixest

    frame = pd.DataFrame({"entry": entry, "judge": judge, "score": score})
    rows, columns = (index.ravel() for index in np.indices((10, 5)))
    small = pd.DataFrame({"entry": rows, "judge": columns, "score": np.random.default_rng(0).normal(size=50)})
    pyfixest.feols("score ~ 1 | entry + judge", small)  # compiles what it compiles
    began = time.perf_counter()
    found = pyfixest.feols("score ~ 1 | entry + judge", frame)
    effects = found.fixef()["C(entry)"]
    taken = time.perf_counter() - began
    codes = np.unique(entry)
    return (
        taken,
        np.array([effects.get(str(code), np.nan) for code in codes]),
        f"pyfixest {pyfixest.__version__}",
    )


PEERS = {"statsmodels": mixed_lm, "pyfixest": feols}

if __name__ == "__main__":
    name, path = sys.argv[1:]
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    seconds, estimates, version = PEERS[name](table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2])
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    print(f"{seconds:.6f} {peak:.0f} {version}")
    print("\n".join(f"{value:.12g}" for value in estimates))
