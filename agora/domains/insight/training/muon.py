"""Muon for many small matrices: momentum, then orthogonalised, all matrices of one shape in one product.

Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024); the polynomial's coefficients are those of
Amsel et al., "The Polar Express" (2025). torch.optim.Muon computes the same matrix by matrix, and takes longer than the
rest of the step for matrices as small as ours.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

COEFFICIENTS = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
)


def orthogonalise(stack: "torch.Tensor") -> "torch.Tensor":
    """Each matrix of the stack with its singular values moved near 1."""
    import torch

    wide = stack.mT if stack.shape[-2] > stack.shape[-1] else stack
    x = (wide / (wide.norm(dim=(-2, -1), keepdim=True) * 1.01 + 1e-7)).to(torch.bfloat16)
    for a, b, c in COEFFICIENTS:
        square = x @ x.mT
        x = torch.baddbmm(a * x, torch.baddbmm(b * square, square, square, beta=1.0, alpha=c), x)
    return (x.mT if wide is not stack else x).to(stack.dtype)


class Muon:
    """Nesterov momentum of 0.95, orthogonalised updates, decoupled weight decay; has what the loop needs of an optimiser.

    The rate is on AdamW's scale: updates have a root mean square of 0.2.
    """

    def __init__(self, matrices: "Sequence[torch.nn.Parameter]", rate: float, decay: float) -> None:
        import torch

        self.param_groups: list[dict[str, Any]] = [{"params": list(matrices), "lr": rate, "decay": decay}]
        self._momenta = [torch.zeros_like(matrix) for matrix in matrices]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forgets the gradients."""
        for matrix in self.param_groups[0]["params"]:
            matrix.grad = None if set_to_none else matrix.grad * 0

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {"momenta": self._momenta}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state_dict`."""
        for momentum, stored in zip(self._momenta, state["momenta"], strict=True):
            momentum.copy_(stored)

    def step(self) -> None:
        """Moves every matrix, those of one shape together."""
        import torch

        group = self.param_groups[0]
        by_shape: dict[tuple[int, ...], list[tuple[Any, Any]]] = defaultdict(list)
        for matrix, momentum in zip(group["params"], self._momenta, strict=True):
            by_shape[tuple(matrix.shape)].append((matrix, momentum))
        with torch.no_grad():
            for shape, members in by_shape.items():
                self._step_shape(max(shape), members, group["lr"], group["decay"])

    def _step_shape(self, longest: int, members: list[tuple[Any, Any]], rate: float, decay: float) -> None:
        import torch

        directions = []
        for matrix, momentum in members:
            momentum.lerp_(matrix.grad, 0.05)
            directions.append(torch.lerp(matrix.grad, momentum, 0.95))
        updates = orthogonalise(torch.stack(directions))
        for (matrix, _), update in zip(members, updates, strict=True):
            matrix.mul_(1 - rate * decay).add_(update, alpha=-rate * 0.2 * longest**0.5)
