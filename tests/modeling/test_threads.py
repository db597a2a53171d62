"""The limit on threads of BLAS holds while the caller is inside, and no longer."""

from __future__ import annotations

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mtqa.modeling import threads
from mtqa.modeling.threads import one_thread_each


def counts() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    threads._blas.cache_clear()  # an earlier test may have loaded a library since it was looked for
    with threadpool_limits(2, user_api="blas"):
        if counts() != {2}:
            pytest.skip("this numpy has no BLAS whose threads can be set")
        yield


def test_the_limit_ends_with_the_outermost_caller():
    with one_thread_each():
        with one_thread_each():
            assert counts() == {1}
        assert counts() == {1}
    assert counts() == {2}


def test_threads_that_overlap_leave_the_number_as_it_was():
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_thread_each():
            entered.set()
            leave.wait()

    other = threading.Thread(target=stay)
    with one_thread_each():
        other.start()
        entered.wait()
        assert counts() == {1}
    leave.set()
    other.join()
    assert counts() == {2}


def test_the_limit_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), one_thread_each():
        1 / 0  # noqa: B018
    assert counts() == {2}
