"""How many threads may compute: the physical cores that this process is allowed to use."""

import math
import os
from pathlib import Path

import psutil

CPU_FOLDER = Path("/sys/devices/system/cpu")
CGROUP_FOLDER = Path("/sys/fs/cgroup")
CPU_INFO = Path("/proc/cpuinfo")


def usable_cores() -> int:
    """Physical cores within the process's affinity and its control group's quota, at least 1.

    Two hyperthreads share the multipliers of one core, so that a second thread there only costs synchronization.
    """
    allowed = allowed_processors()
    cores = min(physical_cores(allowed), len(allowed))
    quota = cgroup_quota()
    return max(1, min(cores, math.ceil(quota)) if quota is not None else cores)


def given_threads() -> int:
    """Threads that this process was told to compute with, in OMP_NUM_THREADS; its usable cores if it was not."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdecimal() and int(given) else usable_cores()


def allowed_processors() -> set[int]:
    """Logical processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        return set(process.cpu_affinity() or [])
    return set(range(os.cpu_count() or 1))


def physical_cores(processors: set[int]) -> int:
    """Physical cores behind these logical processors."""
    siblings = {sibling_list(processor) for processor in processors}
    if None not in siblings:
        return len(siblings)
    logical, physical = psutil.cpu_count(logical=True), psutil.cpu_count(logical=False)
    if not logical or not physical:
        return len(processors)
    return max(1, len(processors) * physical // logical)


def sibling_list(processor: int) -> str | None:
    """The hyperthreads of this processor's core, as Linux writes them ("0,4"); None where there is no such file."""
    try:
        return (CPU_FOLDER / f"cpu{processor}/topology/thread_siblings_list").read_text().strip()
    except OSError:
        return None


def cgroup_quota() -> float | None:
    """Processors granted by the Linux control group (a container's limit), None when there is no limit."""
    try:
        quota, period = (CGROUP_FOLDER / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota = (CGROUP_FOLDER / "cpu/cpu.cfs_quota_us").read_text().strip()
            period = (CGROUP_FOLDER / "cpu/cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    if quota == "max" or int(quota) <= 0:
        return None
    return int(quota) / int(period)


def mkl_environment() -> dict[str, str]:
    """Variables for a process that computes with Paddle, to be set before it starts.

    The MKL that Paddle brings along takes its slowest code on processors that are not Intel's, which is two and a half
    times slower than what this names: code for AVX2. Nothing where that is not known to be there.
    """
    try:
        described = CPU_INFO.read_text()
    except OSError:
        return {}
    return {"MKL_DEBUG_CPU_TYPE": "5"} if "AuthenticAMD" in described and " avx2 " in described else {}
