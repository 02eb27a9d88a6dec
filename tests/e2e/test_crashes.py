"""A process is killed in the middle of a turn: nothing is lost or doubled, and the customer hears something."""

import signal
import time
from pathlib import Path

from tests.e2e.chat_client import ChatClient
from tests.e2e.running_system import RunningSystem, wait_until

QUESTION = "Why is my bill higher this month?"


def restarted(system: RunningSystem, name: str, old_pid: int) -> None:
    wait_until(lambda: system.pid(name) not in (0, old_pid), seconds=60, what=f"a new {name} process")
    system.wait_healthy()


def assert_each_once(system: RunningSystem, client: ChatClient) -> None:
    """Numbers without gaps, and what the client saw is what the database holds."""
    rows = system.sql(
        "SELECT seq, sender, client_msg_id, text FROM message WHERE conversation_id = ? ORDER BY seq",
        client.conversation_id.replace("-", ""),
    )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert [(m["seq"], m["sender"], m["text"]) for m in client.messages()] == [
        (row["seq"], row["sender"], row["text"]) for row in rows
    ]
    assert sorted(client.events) == list(range(1, max(client.events) + 1))


def test_a_killed_bot_loses_no_message_and_the_customer_hears_of_it(system: RunningSystem) -> None:
    with ChatClient(system) as client:
        old_pid = system.pid("bot")
        system.signal("bot", signal.SIGSTOP)  # the turn can begin but not end
        asked = client.say(QUESTION)
        time.sleep(1)
        system.signal("bot", signal.SIGKILL)

        told = client.wait_for_answer(client.stored[asked])

        assert told["sender"] in ("system", "bot")
        assert told["text"]
        restarted(system, "bot", old_pid)
        answer = client.ask(QUESTION)
        assert answer["sender"] == "bot"
        customer = [m for m in client.messages() if m["sender"] == "customer"]
        assert [m["text"] for m in customer] == [QUESTION, QUESTION]
        assert_each_once(system, client)


def test_a_killed_handoff_answers_the_open_turn_once_after_its_restart(system: RunningSystem) -> None:
    with ChatClient(system) as client:
        old_pid = system.pid("handoff")
        system.signal("bot", signal.SIGSTOP)
        asked = client.say(QUESTION)
        time.sleep(1)
        system.signal("handoff", signal.SIGKILL)
        system.signal("bot", signal.SIGCONT)
        restarted(system, "handoff", old_pid)
        client.reconnect(seconds=30)

        client.say(QUESTION, client_msg_id=asked)  # the widget cannot know whether it arrived: it sends again
        answer = client.wait_for_answer(client.stored[asked])

        assert answer["sender"] in ("bot", "system")
        time.sleep(3)  # a second answer would have come by now
        client.ask("What do I owe?")
        customer = [m["text"] for m in client.messages() if m["sender"] == "customer"]
        assert customer == [QUESTION, "What do I owe?"]
        answers = [m for m in client.messages() if m["sender"] in ("bot", "system")]
        assert len(answers) == 3  # the greeting, and one for each question
        assert_each_once(system, client)


def test_a_taken_port_is_named_in_one_sentence(system: RunningSystem, tmp_path: Path) -> None:
    port = system.url.rsplit(":", 1)[1]

    second = RunningSystem.launch(tmp_path, SALDO_PORT=port)

    assert second.process.wait(timeout=60) != 0
    assert port in second.printed()
    assert "Traceback" not in second.printed()


def test_ctrl_c_leaves_no_process_behind(system: RunningSystem) -> None:
    # The last test of all: nothing runs after it.
    pids = {name: system.pid(name) for name in ("handoff", "actions", "bot")}

    status = system.stop()

    assert status == 0
    assert [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()] == []
