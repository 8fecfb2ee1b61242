"""The names of the package: said once for readers, once for type checkers, once for the machine."""

import subprocess
import sys

import judging


def test_every_public_name_is_found_where_it_is_said_to_be() -> None:
    assert set(judging.__all__) == set(judging._HOME)
    assert set(judging.__all__) <= set(dir(judging))
    for name in judging.__all__:
        assert getattr(judging, name) is not None


def test_a_name_that_is_not_there() -> None:
    assert not hasattr(judging, "guess")


def test_canonical_bytes_do_not_wait_for_numpy() -> None:
    program = "import sys; from judging import canonical_bytes; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
