"""What a method has to say about its data: warnings and refusals as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One warning or refusal.

    Parameters
    ----------
    code : str
        Stable name: disconnected, weak-link, one-judge, few-judges, few-scores, constant-judge, all-equal,
        exact-fit, no-degrees-of-freedom, no-judge-variance, severity-follows-quality, not-converged,
        reversed-scale, balanced...
    sentence : str
        What was found, in plain English, without the judges' and entries' names.
    remedy : str
        What can be done; empty where nothing need be done.
    judges, entries : tuple of int
        Whom it concerns, as indices.
    """

    code: str
    sentence: str
    remedy: str = ""
    judges: tuple[int, ...] = ()
    entries: tuple[int, ...] = ()
