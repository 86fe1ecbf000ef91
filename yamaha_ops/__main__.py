"""``python -m yamaha_ops`` is the same as ``yamaha-ops``."""

from yamaha_ops.cli import main

main()
