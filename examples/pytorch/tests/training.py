"""A small network learns sin(3 x), twice from one seed.

Learning is asserted as the ratio of the last loss to the first: a broken gradient or optimizer
stays near 1, this one comes to about 0.003, so 0.05 tells them apart on any processor. With one
seed, one thread and deterministic algorithms two runs do the same arithmetic in the same order:
they must agree in every weight to the last bit.
"""

import torch

SEED = 2026
EPOCHS = 300


def train() -> tuple[float, float, torch.Tensor]:
    """Return the first and the last loss, and all weights."""
    torch.manual_seed(SEED)
    x = torch.linspace(-1.0, 1.0, 256).unsqueeze(1)
    y = torch.sin(3.0 * x)
    model = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    return losses[0], losses[-1], weights


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    (first, last, weights), (_, _, again) = train(), train()
    print(f"first_loss={first}")
    print(f"last_loss={last}")
    print(f"loss_ratio={last / first}")
    print(f"run_difference={(weights - again).abs().max().item()}")


if __name__ == "__main__":
    main()
