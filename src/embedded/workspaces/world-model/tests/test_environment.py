import pytest

from stub_environment import StubEnvironment


def test_observation_has_34_numbers():
    assert StubEnvironment().reset().shape == (34,)


def test_action_outside_its_bounds_is_refused():
    with pytest.raises(ValueError):
        StubEnvironment().step([2.0, 0.0, 0.0])


def test_episode_ends():
    environment = StubEnvironment(length=10)
    environment.reset()
    assert [environment.step([0.0, 0.0, 0.0]).done for _ in range(10)] == [False] * 9 + [True]


@pytest.mark.slow
def test_ten_thousand_episodes_do_not_leak():
    assert StubEnvironment.measure_growth(episodes=10_000) < 1_000_000
