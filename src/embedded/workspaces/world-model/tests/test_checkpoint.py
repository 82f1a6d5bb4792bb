import pytest
import torch

from world_model import WorldModel, load_checkpoint, save_checkpoint


def test_checkpoint_roundtrip(tmp_path):
    model = WorldModel()
    save_checkpoint(model, tmp_path / "step_1.pt")
    assert load_checkpoint(tmp_path / "step_1.pt").checksum() == model.checksum()


def test_missing_checkpoint_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "step_1.pt")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_cpu_checkpoint_loads_on_gpu():
    assert next(load_checkpoint("experiments/cpu_test/checkpoints/step_1000.pt", device="cuda").parameters()).is_cuda
