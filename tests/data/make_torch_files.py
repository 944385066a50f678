"""Writes generators as the original authors' PyTorch code names and saves them, with what they make of a picture.

    python tests/data/make_torch_files.py

PyTorch is needed for this alone, and is not among the requirements: it is larger than all of them together.
"""

import functools
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent


class Block(nn.Module):
    def __init__(self, channels: int, norm, bias: bool, dropout: bool, name: str) -> None:
        super().__init__()
        self.name = name
        layers = [
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            norm(channels),
            nn.ReLU(True),
            *([nn.Dropout(0.5)] if dropout else []),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            norm(channels),
        ]
        setattr(self, name, nn.Sequential(*layers))

    def forward(self, features):
        return features + getattr(self, self.name)(features)


class Generator(nn.Module):
    """As pytorch-CycleGAN-and-pix2pix puts its ResnetGenerator together."""

    def __init__(self, channels: int, blocks: int, norm, bias: bool, *, dropout=False, name="conv_block") -> None:
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, channels, 7, bias=bias), norm(channels), nn.ReLU(True)]
        for scale in (1, 2):
            layers += [nn.Conv2d(channels * scale, channels * scale * 2, 3, stride=2, padding=1, bias=bias)]
            layers += [norm(channels * scale * 2), nn.ReLU(True)]
        layers += [Block(4 * channels, norm, bias, dropout, name) for _ in range(blocks)]
        for scale in (4, 2):
            before, after = channels * scale, channels * scale // 2
            layers += [nn.ConvTranspose2d(before, after, 3, stride=2, padding=1, output_padding=1, bias=bias)]
            layers += [norm(after), nn.ReLU(True)]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(channels, 3, 7), nn.Tanh())

    def forward(self, picture):
        return self.model(picture)


def main() -> None:
    torch.manual_seed(1)
    picture = torch.rand(1, 3, 24, 32) * 2 - 1
    instance = functools.partial(nn.InstanceNorm2d, affine=False)
    affine = functools.partial(nn.InstanceNorm2d, affine=True)
    networks = {
        "instance": Generator(4, 6, instance, True),
        "affine": Generator(3, 2, affine, True, name="block"),
        "batch": Generator(3, 2, nn.BatchNorm2d, False, dropout=True),
    }
    results = {"picture": picture.numpy()}
    for name, network in networks.items():
        for parameter, values in network.state_dict().items():
            if values.dtype.is_floating_point:
                values.copy_(torch.rand_like(values) if parameter.endswith("var") else torch.randn_like(values) * 0.1)
        with torch.no_grad():
            results[name] = network.eval()(picture).numpy()
    states = {name: network.state_dict() for name, network in networks.items()}
    torch.save(states["instance"], HERE / "torch_instance.pth")
    torch.save(states["instance"], HERE / "torch_instance_old.pth", _use_new_zipfile_serialization=False)
    training = {
        "epoch": 3,
        "netG_A": {f"module.{name}": values.half() for name, values in states["affine"].items()},
        "netG_B": states["batch"],
        "netD_A": {"model.0.weight": torch.rand(4, 3, 4, 4)},
        "optimizer": {"state": {0: {"step": 7, "exp_avg": torch.zeros(3)}}, "param_groups": [{"lr": 2e-4}]},
    }
    torch.save(training, HERE / "torch_training.pth")
    np.savez_compressed(HERE / "torch_results.npz", **results)
    write_kinds()


def write_kinds() -> None:
    """Tensors of every type, and views of one another, in both formats."""
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    kinds = {
        **{str(kind)[6:]: torch.arange(5).to(kind) for kind in (torch.float64, torch.float16, torch.bfloat16)},
        **{str(kind)[6:]: torch.arange(-2, 3).to(kind) for kind in (torch.int64, torch.int32, torch.int16, torch.int8)},
        "uint8": torch.arange(5, dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
        "turned": base.permute(2, 0, 1),
        "part": base[1, :, ::2],
        "spread": torch.ones(1).expand(4, 5),
        "parameter": nn.Parameter(torch.arange(2.0)),
        "empty": torch.zeros(0, 3),
        "single": torch.tensor(7.5),
    }
    torch.save(kinds, HERE / "torch_kinds.pth")
    torch.save(kinds, HERE / "torch_kinds_old.pth", _use_new_zipfile_serialization=False)
    expected = {
        name: (values.float() if name == "bfloat16" else values).detach().numpy() for name, values in kinds.items()
    }
    np.savez_compressed(HERE / "torch_kinds.npz", **expected)


if __name__ == "__main__":
    main()
