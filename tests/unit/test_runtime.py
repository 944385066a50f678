"""What numpy computes beside ONNX Runtime's sessions."""

import numpy as np
from threadpoolctl import threadpool_info

from workbench.runtime import one_blas_thread


def blas_threads() -> list[int]:
    np.ones((2, 2)) @ np.ones((2, 2))  # loads it
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_matrix_products_take_one_thread_and_as_many_as_before_afterwards() -> None:
    before = blas_threads()
    with one_blas_thread():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
