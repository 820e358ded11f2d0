"""JSON-LD processing that works out once what a context does to another.

PyLD does so again for every object of every document, which takes most of the time of signing and
of verifying. The contexts here are pinned to their bytes (`context_loader`), so the answer is the
same for as long as the program runs. What a document defines for itself is never remembered.
"""

import threading
from collections.abc import Hashable, Mapping
from typing import Any

from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from examengine.credentials.vc.context_loader import load_context

MOST = 200
"""Answers a thread remembers; contexts of real credentials need a dozen each."""


class _Memory(threading.local):
    """What one thread remembers; PyLD's own caches are not made for several.

    Contexts are known by identity, and kept beside each answer: the identity of an object that is
    gone could be taken by another one.
    """

    def __init__(self) -> None:
        self.processed: dict[Hashable, tuple[Any, Any, Any]] = {}
        self.inverse: dict[int, Any] = {}
        self.made: dict[int, Any] = {}
        """The contexts that came of pinned ones alone."""
        self.resolved: LRUCache[str, Any] = LRUCache(maxsize=MOST)

    def keep(self, key: Hashable, answer: tuple[Any, Any, Any]) -> None:
        """Remember an answer; when there are too many, everything before it is forgotten."""
        if len(self.processed) >= MOST:
            self.processed, self.inverse, self.made = {}, {}, {}
        self.processed[key] = answer
        self.made[id(answer[0])] = answer[0]


_memory = _Memory()
_of_all_threads = threading.Lock()


def context_resolver() -> ContextResolver:
    """Return what PyLD looks contexts up with, remembering them for this thread alone.

    PyLD's own is one for all threads and not made for it: under load, sound documents were refused.
    """
    return ContextResolver(_memory.resolved, load_context)


class RememberingProcessor(jsonld.JsonLdProcessor):  # type: ignore[misc]
    """PyLD's processor; equal questions about pinned contexts are answered from memory."""

    def _process_context(
        self, active_ctx: Any, local_ctx: Any, options: Mapping[str, Any], **rules: Any
    ) -> Any:
        name = _name(active_ctx, local_ctx, rules)
        if name is None:
            return super()._process_context(active_ctx, local_ctx, options, **rules)
        key = (id(active_ctx), name, *sorted(rules.items()))
        if key not in _memory.processed:
            made = super()._process_context(active_ctx, local_ctx, options, **rules)
            _memory.keep(key, (made, active_ctx, local_ctx))
        return _memory.processed[key][0]

    def _get_inverse_context(self, active_ctx: Any) -> Any:
        if id(active_ctx) not in _memory.made:
            with _of_all_threads:  # PyLD keeps these in one cache for all threads
                return super()._get_inverse_context(active_ctx)
        if id(active_ctx) not in _memory.inverse:
            with _of_all_threads:
                _memory.inverse[id(active_ctx)] = super()._get_inverse_context(active_ctx)
        return _memory.inverse[id(active_ctx)]


def _name(active_ctx: Any, local_ctx: Any, rules: Mapping[str, Any]) -> Hashable:
    """Return what tells a pinned context from all others; None when it is not to be remembered.

    URLs stand for pinned files. A definition is pinned when a term of a pinned context brings it:
    then PyLD says by which rules it is applied, which it never does for one of the document's own.
    """
    if rules.get("cycles") is not None:  # a context that is being tried out, half built
        return None
    if active_ctx["mappings"] and id(active_ctx) not in _memory.made:
        return None
    if isinstance(local_ctx, list) and all(isinstance(url, str) for url in local_ctx):
        return tuple(local_ctx)
    if isinstance(local_ctx, str):
        return local_ctx
    return id(local_ctx) if rules and active_ctx["mappings"] else None
