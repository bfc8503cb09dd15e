"""A libEnsemble workflow: a manager hands 20 simulations to two workers and collects the results.

Simulation i returns i**3, a whole number that float64 holds exactly; the cubes of 1 to n sum to
(n (n + 1) / 2)**2. So the right error is 0, and a simulation that is lost, given out twice or filed
under another's number shows. Workers are processes on this machine; no scheduler and no network.
"""

import numpy as np
from libensemble import Ensemble
from libensemble.alloc_funcs.give_sim_work_first import give_sim_work_first
from libensemble.specs import AllocSpecs, ExitCriteria, GenSpecs, LibeSpecs, SimSpecs

TASKS = 20


def generate(_history: np.ndarray, _persistent: dict, _specs: dict) -> np.ndarray:
    """Return the points to simulate, all at once."""
    points = np.zeros(TASKS, dtype=[("number", int)])
    points["number"] = np.arange(1, TASKS + 1)
    return points


def simulate(history: np.ndarray, _persistent: dict, _specs: dict) -> np.ndarray:
    """Return the cube of the number of each point."""
    results = np.zeros(len(history), dtype=[("cube", float)])
    results["cube"] = history["number"].astype(float) ** 3
    return results


def main() -> None:
    ensemble = Ensemble(
        libE_specs=LibeSpecs(comms="local", nworkers=2, disable_log_files=True),
        gen_specs=GenSpecs(gen_f=generate, outputs=[("number", int)]),
        sim_specs=SimSpecs(sim_f=simulate, inputs=["number"], outputs=[("cube", float)]),
        alloc_specs=AllocSpecs(alloc_f=give_sim_work_first, user={"num_active_gens": 1}),
        exit_criteria=ExitCriteria(sim_max=TASKS),
    )
    history, _, flag = ensemble.run()
    done = history[history["sim_ended"]]
    numbers = done["number"].astype(float)
    print(f"tasks={len(done)}")
    print(f"different_tasks={len(np.unique(done['number']))}")
    print(f"workers={len(np.unique(done['sim_worker']))}")
    print(f"flag={flag}")
    print(f"wrong_results={np.count_nonzero(done['cube'] != numbers**3)}")
    print(f"sum_error={abs(done['cube'].sum() - (TASKS * (TASKS + 1) / 2) ** 2)}")


if __name__ == "__main__":
    main()
