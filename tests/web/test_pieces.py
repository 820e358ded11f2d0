"""Long bodies come in pieces, whole and in order, and others have their turn between them."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from examengine.web.pieces import PIECE, in_pieces
from tests import event_loop


def receiving(*bodies: bytes):
    """Return what receives these parts of a body, then that the client is gone."""
    messages = [
        {"type": "http.request", "body": body, "more_body": place < len(bodies) - 1}
        for place, body in enumerate(bodies)
    ]
    messages.append({"type": "http.disconnect"})

    async def receive():
        return messages.pop(0)

    return in_pieces(receive)


async def taken(receive) -> tuple[bytes, int]:
    """Take a body to its end; return it, and the size of its largest piece."""
    whole, largest = b"", 0
    while True:
        message = await receive()
        whole += message["body"]
        largest = max(largest, len(message["body"]))
        if not message["more_body"]:
            return whole, largest


@given(st.lists(st.integers(0, 3 * PIECE + 1), min_size=1, max_size=4))
def test_a_body_arrives_whole_and_in_order(sizes):
    """
    However it came, nothing is lost, nothing is larger than a piece, and the end is told once.
    """
    bodies = [bytes([65 + place]) * size for place, size in enumerate(sizes)]

    async def read():
        receive = receiving(*bodies)
        found = await taken(receive)
        return found, await receive()

    (whole, largest), after = event_loop.run(read())

    assert whole == b"".join(bodies)
    assert largest <= PIECE
    assert after == {"type": "http.disconnect"}


def test_others_have_their_turn_between_two_pieces():
    """
    While a body of twenty pieces is taken, whatever else waits for the loop goes on.
    """

    async def read() -> int:
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        await taken(receiving(b"a" * 20 * PIECE))
        beside.cancel()
        return turns

    assert event_loop.run(read()) >= 19
