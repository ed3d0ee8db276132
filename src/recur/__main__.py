"""The command `recur`, and `python -m recur`: Ctrl-C ends it without a traceback from the start."""

import gc
import signal
import sys


def main() -> None:
    """Run the command; while it is loaded and while it is left, Ctrl-C ends the process at once."""
    asked = signal.getsignal(signal.SIGINT)
    plainly = signal.SIG_DFL if asked is signal.default_int_handler else asked  # nohup ignores it
    signal.signal(signal.SIGINT, plainly)
    gc.set_threshold(50_000)  # what is loaded stays: to look it over again and again takes a tenth
    from recur.cli.main import main as command

    signal.signal(signal.SIGINT, asked)
    try:
        command()
    except KeyboardInterrupt:  # when all was done but the leaving
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, plainly)


if __name__ == "__main__":
    main()
