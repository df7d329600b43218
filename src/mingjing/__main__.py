"""`python -m mingjing` is the `mingjing` command."""

import sys

from mingjing.config.commands import main

if __name__ == "__main__":  # the server's processes import this module too
    sys.exit(main())
