"""``agora`` and ``python -m agora``."""

import gc
import sys


def main() -> None:
    """Run the command line; errors meant for people are one sentence on standard error, exit status 1."""
    gc.disable()  # importing makes hundreds of thousands of objects that all stay: looking for garbage among them is in vain
    from agora.kernel.errors import AgoraError, SetupError

    try:
        _run(sys.argv[1:])
    except SetupError as error:
        print(f"agora: {error}", file=sys.stderr)
        sys.exit(1)
    except AgoraError as error:
        print(f"agora: {error.message}", file=sys.stderr)
        sys.exit(1)


def _run(words: list[str]) -> None:
    if words[:1] == ["serve"]:
        from agora.serve import main as serve

        serve(words[1:])
        return
    from agora.cli import build_cli

    cli = build_cli()
    gc.enable()
    cli()


if __name__ == "__main__":
    main()
