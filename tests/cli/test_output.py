from __future__ import annotations

import pytest

from recsys.cli.output import give, say, table


def test_text_of_a_shop_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "Tea\x1b[2J\x1b]0;title\x07\r\nforged line\x9b31m\u202e\u00a0end"
    words = table([{"name": name, "n": 1}, {"name": "Chai ünïcödé 茶", "n": 2}], ["name", "n"])
    assert len(words.splitlines()) == 3
    give({}, words, as_json=False)
    say(f"About {name}")
    out, err = capsys.readouterr()
    assert "Chai ünïcödé 茶" in out
    assert "forged line\ufffd31m\ufffd end" in err
    assert all(sign.isprintable() or sign == "\n" for sign in out + err)
