import pytest
import torch

from world_model import WorldModel


def test_forward_shapes():
    state, reward = WorldModel()(torch.randn(1, 34), torch.randn(1, 3))
    assert state.shape == (1, 34)
    assert reward.shape == (1, 1)


def test_backward_reaches_every_parameter():
    model = WorldModel()
    state, reward = model(torch.randn(1, 34), torch.randn(1, 3))
    (state.sum() + reward.sum()).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_same_seed_same_weights():
    assert WorldModel(seed=7).checksum() == WorldModel(seed=7).checksum()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_model_moves_to_gpu():
    assert next(WorldModel().cuda().parameters()).is_cuda


@pytest.mark.slow
def test_rollout_of_a_thousand_steps_stays_finite():
    assert torch.isfinite(WorldModel().rollout(1000)).all()
