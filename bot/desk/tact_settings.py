"""Whether replies of staff get a second look, and what never goes out: [tact] of the config."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..toml_file import Table


@dataclass(frozen=True, slots=True)
class TactSettings:
    """``internal_hosts``: servers, their subdomains included. ``ours``: for anybody to know."""

    check_replies: bool = True
    internal_hosts: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()


def read_tact(table: Table) -> TactSettings:
    hosts = {number: host.casefold() for number, host in table.texts("internal_hosts").items()}
    for number, host in hosts.items():
        if not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host):
            mend = 'Write the name alone, like "intranet.example.com", without https:// or a path.'
            table.problem("internal_hosts", "is not the name of a server.", mend, item=number)
    return TactSettings(
        check_replies=table.flag("check_replies", TactSettings().check_replies),
        internal_hosts=tuple(hosts.values()),
        ours=tuple(table.texts("ours").values()),
    )
