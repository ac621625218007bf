#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Likeness authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `likeness-cli bench generation` measures itself against: the demo denoiser, its loss, its optimiser and its
solver, written as one would in plain PyTorch, in float32 and with PyTorch's own threads.

Reads one JSON request a line and answers each with one line:
  {"do": "describe"}                           -> {"parameters", "threads", "torch"}
  {"do": "train", "seconds": S, "threads": N}  -> {"steps", "seconds", "threads"}
  {"do": "sample", "seconds": S, "threads": N} -> {"images", "seconds", "threads"}
`threads` 0 leaves PyTorch's choice. The settings of the model come as the program's only argument, a JSON object with
the sections network, training and solver as `likeness-cli` writes them into a checkpoint.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SIZE = 64
SIGMA_DATA = 0.5
HALF_POWER = math.sqrt(0.5)
SAMPLES_AT_ONCE = 16


def group_norm(channels):
    groups = min(32, max(1, channels // 4))
    while channels % groups:
        groups -= 1
    return nn.GroupNorm(groups, channels)


class ResidualBlock(nn.Module):
    def __init__(self, channels, embedding):
        super().__init__()
        self.norm_in = group_norm(channels)
        self.convolution_in = nn.Conv2d(channels, channels, 3, padding=1)
        self.film = nn.Linear(embedding, 2 * channels)
        self.norm_out = group_norm(channels)
        self.convolution_out = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.convolution_out.weight)

    def forward(self, x, embedding):
        h = self.convolution_in(F.silu(self.norm_in(x)))
        scale, shift = self.film(embedding)[:, :, None, None].chunk(2, dim=1)
        h = F.silu(self.norm_out(h) * (scale + 1) + shift)
        return (x + self.convolution_out(h)) * HALF_POWER


class UNet(nn.Module):
    def __init__(self, network):
        super().__init__()
        widths, embedding = network["widths"], network["embedding"]
        assert network["blocks"] == network["middle_blocks"] == 1 and network["attention_levels"] == 0
        self.unshuffle = network["unshuffle"]
        pixels = network["image_channels"] * self.unshuffle**2
        waves = network["fourier_features"] // 2
        steps = torch.arange(waves) / max(1, waves - 1)
        self.register_buffer("frequencies", math.pi / 4 * torch.exp(steps * math.log(64.0)))
        self.embedding = nn.Sequential(
            nn.Linear(2 * waves, embedding), nn.SiLU(), nn.Linear(embedding, embedding), nn.SiLU())
        self.first = nn.Conv2d(pixels, widths[0], 3, padding=1)
        self.down = nn.ModuleList(ResidualBlock(w, embedding) for w in widths)
        self.shrink = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(widths, widths[1:]))
        self.middle = ResidualBlock(widths[-1], embedding)
        self.up = nn.ModuleList(ResidualBlock(w, embedding) for w in widths)
        self.grow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(widths, widths[1:]))
        self.last_norm = group_norm(widths[0])
        self.last = nn.Conv2d(widths[0], pixels, 3, padding=1)
        nn.init.zeros_(self.last.weight)

    def forward(self, images, levels):
        angles = levels[:, None] * self.frequencies
        embedding = self.embedding(torch.cat([angles.cos(), angles.sin()], dim=1))
        h = self.first(F.pixel_unshuffle(images, self.unshuffle))
        skips = []
        for i, block in enumerate(self.down):
            h = block(h, embedding)
            skips.append(h)
            if i < len(self.shrink):
                h = self.shrink[i](h)
        h = self.middle(h, embedding)
        for i in reversed(range(len(self.up))):
            h = self.up[i]((h + skips[i]) * HALF_POWER, embedding)
            if i > 0:
                h = F.interpolate(self.grow[i - 1](h), scale_factor=2, mode="nearest")
        return F.pixel_shuffle(self.last(F.silu(self.last_norm(h))), self.unshuffle)


def preconditioning(sigma):
    total = sigma**2 + SIGMA_DATA**2
    return SIGMA_DATA**2 / total, sigma * SIGMA_DATA / total.sqrt(), total.rsqrt()


class Training:
    """Random crops of pictures in memory, EDM's loss, Adam, a running mean of the weights."""

    def __init__(self, settings):
        self.settings = settings["training"]
        self.network = UNet(settings["network"])
        self.mean = [p.detach().clone() for p in self.network.parameters()]
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=self.settings["learning_rate"], betas=(0.9, 0.99))
        self.pictures = torch.randn(1, settings["network"]["image_channels"], 256, 256)

    def crop(self):
        picture = self.pictures[torch.randint(len(self.pictures), ())]
        y, x = (int(torch.randint(picture.shape[i] - SIZE + 1, ())) for i in (1, 2))
        crop = picture[:, y : y + SIZE, x : x + SIZE]
        if torch.rand(()) < 0.5:
            crop = crop.flip(2)
        return crop.rot90(int(torch.randint(4, ())), (1, 2))

    def step(self):
        clean = torch.stack([self.crop() for _ in range(self.settings["batch"])])
        sigma = torch.exp(self.settings["noise_mean"] + self.settings["noise_spread"] * torch.randn(len(clean)))
        skip, out, into = preconditioning(sigma[:, None, None, None])
        noisy = clean + torch.randn_like(clean) * sigma[:, None, None, None]
        target = (clean - noisy * skip) / out
        loss = ((self.network(noisy * into, sigma.log() / 4) - target) ** 2).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.settings["clip_norm"])
        self.optimizer.step()
        with torch.no_grad():
            for mean, weight in zip(self.mean, self.network.parameters()):
                mean.lerp_(weight, 1 - self.settings["ema_maximum"])


@torch.no_grad()
def sample(network, solver, count):
    """The multistep DPM-Solver++ of third order, as the program has it."""
    assert solver["order"] == 3
    ends = [solver[key] ** (1 / solver["rho"]) for key in ("sigma_maximum", "sigma_minimum")]
    last = solver["steps"] - 1
    sigmas = [(ends[0] + i / last * (ends[1] - ends[0])) ** solver["rho"] for i in range(last + 1)]
    channels = network.first.in_channels // network.unshuffle**2
    x = torch.randn(count, channels, SIZE, SIZE) * sigmas[0]
    earlier = []
    for i, value in enumerate(sigmas):
        sigma = torch.full((count, 1, 1, 1), value)
        skip, out, into = preconditioning(sigma)
        guess = x * skip + network(x * into, sigma.flatten().log() / 4) * out
        if i == last:
            return guess
        h = math.log(value / sigmas[i + 1])
        phi1 = -math.expm1(-h)
        phi2 = 1 - phi1 / h
        step = x * (1 - phi1) + guess * phi1
        if earlier:
            slope = (guess - earlier[-1][0]) * (h / earlier[-1][1])
            curve = torch.zeros(())
            if len(earlier) > 1:
                r0, r1 = earlier[-1][1] / h, earlier[-2][1] / h
                curve = (slope - (earlier[-1][0] - earlier[-2][0]) / r1) / (r0 + r1)
                step = step + (slope + curve * r0) * phi2 - curve * (phi2 / h - 0.5)
            else:
                step = step + slope * phi2
        x = step
        earlier = [*earlier, (guess, h)][-2:]


def repeated(seconds, work):
    work()
    count, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        work()
        count += 1
    return count, passed


def main():
    settings = json.loads(sys.argv[1])
    own_threads = torch.get_num_threads()
    training = Training(settings)
    for line in sys.stdin:
        request = json.loads(line)
        torch.set_num_threads(request.get("threads", 0) or own_threads)
        answer = {"threads": torch.get_num_threads()}
        if request["do"] == "describe":
            answer["parameters"] = sum(p.numel() for p in training.network.parameters())
            answer["torch"] = torch.__version__
        elif request["do"] == "train":
            answer["steps"], answer["seconds"] = repeated(request["seconds"], training.step)
        else:
            calls, answer["seconds"] = repeated(
                request["seconds"], lambda: sample(training.network, settings["solver"], SAMPLES_AT_ONCE))
            answer["images"] = calls * SAMPLES_AT_ONCE
        print(json.dumps(answer), flush=True)


main()
