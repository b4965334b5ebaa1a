"""Settings: order of sources, and errors that name key, line and the nearest valid one."""

from pathlib import Path

import msgspec
import pytest

from agora.kernel.config import Config
from agora.kernel.config_file import find_line, set_value, write_atomically
from agora.kernel.errors import SetupError
from agora.kernel.settings import KERNEL, Network, Server


class Pace(msgspec.Struct, frozen=True):
    speed: float = 1.5
    names: tuple[str, ...] = ()
    quiet: bool = False


class MorePace(msgspec.Struct, frozen=True):
    depth: int = 3


SECTIONS = (*KERNEL, ("agents", Pace), ("agents", MorePace))


def load(tmp_path: Path, text: str, **kwargs: dict[str, str]) -> Config:
    path = tmp_path / "agora.toml"
    path.write_text(text, encoding="utf-8")
    return Config.load(path, kwargs.get("env"), kwargs.get("flags"), SECTIONS)


def refusal(tmp_path: Path, text: str, **kwargs: dict[str, str]) -> str:
    with pytest.raises(SetupError) as error:
        load(tmp_path, text, **kwargs)
    return str(error.value)


def test_without_a_file_everything_has_its_default() -> None:
    config = Config.load(sections=SECTIONS)
    assert config.get(Server) == Server()
    assert config.get(Pace) == Pace()
    assert config.values["server.port"].origin == "default"


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    text = "[server]\nport = 1\n"
    assert load(tmp_path, text).get(Server).port == 1
    env = {"AGORA_SERVER__PORT": "2", "HOME": "/home/somebody", "AGORA_PLAIN": "is not a setting"}
    assert load(tmp_path, text, env=env).get(Server).port == 2
    config = load(tmp_path, text, env=env, flags={"server.port": 3, "server.host": None})
    assert config.get(Server).port == 3
    assert config.get(Server).host == "127.0.0.1"
    assert config.values["server.port"].origin == "flag"


def test_two_structs_may_share_a_section(tmp_path: Path) -> None:
    config = load(tmp_path, "[agents]\nspeed = 2\ndepth = 9\n")
    assert (config.get(Pace).speed, config.get(MorePace).depth) == (2.0, 9)


def test_environment_reads_lists_numbers_and_booleans(tmp_path: Path) -> None:
    env = {"AGORA_AGENTS__NAMES": "ada, grace", "AGORA_AGENTS__QUIET": "true", "AGORA_NETWORK__ALLOW": '["10.0.0.1"]'}
    config = load(tmp_path, "", env=env)
    assert config.get(Pace).names == ("ada", "grace")
    assert config.get(Pace).quiet is True
    assert config.get(Network).allow == ("10.0.0.1",)


def test_unknown_key_names_line_and_nearest(tmp_path: Path) -> None:
    said = refusal(tmp_path, "# hello\n\n[server]\nhost = 'x'\nprot = 80\n")
    assert said == "agora.toml line 5: [server] has no key 'prot'. Did you mean 'port'?"


def test_key_of_another_section_is_sent_home(tmp_path: Path) -> None:
    said = refusal(tmp_path, "[agents]\negress = 'deny'\n")
    assert "line 2" in said
    assert "'egress' belongs to [network]" in said


def test_unknown_section_names_line_and_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, "\n[servr]\nport = 1\n") == "agora.toml line 2: There is no section [servr]. Did you mean [server]?"


def test_key_outside_a_section(tmp_path: Path) -> None:
    said = refusal(tmp_path, "port = 1\n")
    assert said == "agora.toml line 1: 'port' stands outside any section. Put it under [server]."


def test_line_is_right_after_multi_line_values(tmp_path: Path) -> None:
    text = '[network]\nallow = [\n  "a", # [server]\n  "b",\n]\n[agents]\nnames = ["""\nport = 3\n"""]\nqiet = true\n'
    assert "line 10: [agents] has no key 'qiet'. Did you mean 'quiet'?" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nport = 'http'\n", 'line 2: [server] port must be a whole number from 0 to 65535, not "http".'),
        ("[server]\nport = 70000\n", "line 2: [server] port must be a whole number from 0 to 65535, not 70000."),
        ("[network]\negress = 'maybe'\n", 'line 2: [network] egress must be one of "allow", "deny", not "maybe".'),
        ("[agents]\nquiet = 'no'\n", 'line 2: [agents] quiet must be true or false, not "no".'),
        ("[agents]\nnames = [1]\n", "line 2: [agents] names must be a list, each entry text in quotes, not [1]."),
        ("[files]\nmax_size_mib = 0\n", "line 2: [files] max_size_mib must be a whole number of at least 1, not 0."),
    ],
)
def test_wrong_type_says_what_it_must_be(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_wrong_environment_and_flag_are_named(tmp_path: Path) -> None:
    assert "Environment variable AGORA_SERVER__PORT: [server] port must be" in refusal(
        tmp_path, "", env={"AGORA_SERVER__PORT": "x"}
    )
    assert "Did you mean 'port'?" in refusal(tmp_path, "", env={"AGORA_SERVER__PROT": "1"})
    assert "Flag --port: [server] port must be" in refusal(tmp_path, "", flags={"server.port": "x"})


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[server]\nport = = 1\n").startswith("agora.toml line 2, column 8:")
    assert refusal(tmp_path, '[server]\nhost = "x').startswith("agora.toml line 2, column 10:")
    assert "Cannot declare" in refusal(tmp_path, "[server]\n[server]\n")


def test_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        Config.load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match="not UTF-8"):
        Config.load(tmp_path / "bad.toml")


def test_two_structs_may_not_claim_one_key() -> None:
    with pytest.raises(SetupError, match=r"agents\.speed"):
        Config.load(sections=(("agents", Pace), ("agents", Pace)))


def test_editing_keeps_comments_and_is_atomic(tmp_path: Path) -> None:
    path = tmp_path / "agora.toml"
    path.write_text("# top\n[server] # here\nport = 1 # the port\n", encoding="utf-8")
    text = set_value(path.read_text(encoding="utf-8"), "server", "port", 9)
    text = set_value(text, "agents", "quiet", True)
    write_atomically(path, text)
    written = path.read_text(encoding="utf-8")
    assert written.startswith("# top\n[server] # here\nport = 9 # the port\n")
    assert Config.load(path, sections=SECTIONS).get(Pace).quiet is True
    assert [p.name for p in tmp_path.iterdir()] == ["agora.toml"]


def test_find_line_of_absent_key_is_none() -> None:
    assert find_line("[a]\nb = 1\n", ["a", "c"]) is None
