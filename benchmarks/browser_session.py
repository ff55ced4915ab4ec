"""A browser's side of a Streamlit session without the browser: one websocket, reruns, answers."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: TID251 - this is no part of recsys
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251 - nor is this
from websockets.sync.client import connect

from recsys.errors import AisleError


class BrowserSession:
    """One open page of a server, as the server sees it.

    Parameters
    ----------
    port
        Where ``streamlit run app.py`` listens on the loopback.
    """

    def __init__(self, port: int) -> None:
        self._socket = connect(
            f"ws://localhost:{port}/_stcore/stream",
            subprotocols=["streamlit"],  # pyright: ignore[reportArgumentType] - a plain str
            max_size=None,
            proxy=None,
        )
        self._buttons: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def rerun(self, page: str, *, click: str = "") -> float:
        """Run a page and return the seconds until all of its answer is here.

        Parameters
        ----------
        page
            The last part of its address; empty for Home.
        click
            The label of a button, seen in an earlier answer, to click.
        """
        asked = BackMsg()
        asked.rerun_script.page_name = page
        if click:
            button = asked.rerun_script.widget_states.widgets.add()
            button.id, button.trigger_value = self._buttons[click], True
        started = time.perf_counter()
        self._socket.send(asked.SerializeToString())
        while not self._finished():
            pass
        return time.perf_counter() - started

    def _finished(self) -> bool:
        answer = ForwardMsg()
        data = self._socket.recv(timeout=30)
        answer.ParseFromString(data if isinstance(data, bytes) else data.encode())
        kind = answer.WhichOneof("type")
        element = answer.delta.new_element
        if element.WhichOneof("type") == "button":
            self._buttons[element.button.label] = element.button.id
        if element.WhichOneof("type") == "exception":
            raise AisleError(f"The page shows {element.exception.message!r}.")
        if kind != "script_finished":
            return False
        if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise AisleError(f"The page ended with state {answer.script_finished}.")
        return True
