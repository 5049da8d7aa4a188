"""Print every requirement with the tests that prove it, or why there is none."""

from __future__ import annotations

from tests.requirements.markers import index_proofs
from tests.requirements.required import load_requirements


def main() -> None:
    proofs = index_proofs()
    for requirement in load_requirements():
        print(f"{requirement.id} {requirement.level}  {requirement.statement}")  # noqa: T201  this is what it is for
        for line in proofs.get(requirement.id) or [f"open: {requirement.open}" if requirement.open else "—"]:
            print(f"        {line}")  # noqa: T201


if __name__ == "__main__":
    main()
