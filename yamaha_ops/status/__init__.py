"""What routers say of themselves: console text to frozen records, in both languages.

One module a command, each with its table of labels and its records; `grammar` puts broken lines
together and counts what no table knows, `framing` takes echo, prompts and pager marks away.
"""

from yamaha_ops.status.registry import PARSERS, Parsed, as_json, has_record, parse

__all__ = ["PARSERS", "Parsed", "as_json", "has_record", "parse"]
