"""``agora`` and ``python -m agora``."""

import gc
import sys


def main() -> None:
    """Run the command line; errors meant for people are one sentence on standard error, exit status 1."""
    gc.disable()  # importing makes hundreds of thousands of objects that all stay: looking for garbage among them is in vain
    from agora.cli import build_cli
    from agora.kernel.errors import AgoraError, SetupError

    try:
        cli = build_cli()
        gc.enable()
        cli()
    except SetupError as error:
        print(f"agora: {error}", file=sys.stderr)
        sys.exit(1)
    except AgoraError as error:
        print(f"agora: {error.message}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
