"""What the portal's commands say to people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.api.push import Pushed
    from peso.portal.export import Exported
    from peso.portal.ingest.taken import Ingested
    from peso.portal.inviting import Invited
    from peso.portal.keeping import Kept
    from peso.portal.moving import Moved
    from peso.portal.patching import Patched
    from peso.portal.reminding import Reminders
    from peso.portal.serve import Served


def ingested_words(done: Ingested) -> str:
    """Say what was taken in, and every refusal with its reason."""
    counts = Counter((one.kind, one.state) for one in done.taken)
    lines = [f"{n} {kind}: {state}" for (kind, state), n in sorted(counts.items())]
    lines += [
        f"refused: {one.kind} {one.place}: {one.reason}"
        for one in done.taken
        if one.state == "refused"
    ]
    return "\n".join(lines or ["nothing was there to take in"])


def pushed_words(done: Pushed) -> str:
    """Say what was sent, and everything that was not taken."""
    lines = [
        f"{done.sent} of {done.items} records and logs were missing: sent, {done.bytes} bytes",
        f"{done.taken} releases taken in, as the platform {done.platform}",
    ]
    lines += [f"refused: {one.where}: {one.message} ({one.reason})" for one in done.refused]
    lines += [f"left out: {one}" for one in done.left_out]
    return "\n".join(lines)


def moved_words(done: Moved) -> str:
    """Say what was moved, and what to do next."""
    lines = [f"{one.rows:>9} rows of {one.table}" for one in done.tables if one.rows]
    lines += [
        f"{done.rows:>9} rows moved, and every one compared",
        "start the portal with PESO_PORTAL_DATABASE set to the new address from now on",
    ]
    return "\n".join(lines)


def served_words(done: Served) -> str:
    """Say where the portal is, and how it gets its first administrator."""
    lines = [f"the portal is at {done.url}"]
    if done.set_up:
        lines.append(f"nobody runs it yet: make your account, within a day: {done.set_up}")
    return "\n".join(lines)


def invited_words(done: Invited) -> str:
    """Say what to send to whom."""
    return f"send this link to {done.email}; it works once, within two weeks:\n{done.link}"


def kept_words(done: Kept) -> str:
    """Say what is in a copy, and how it must be kept."""
    lines = [
        f"{done.file}: {done.accounts} accounts, {done.changes} changes, {done.rows} rows in all",
        f"{done.pushed} records and logs that runners pushed, {done.pushed_bytes} bytes",
    ]
    lines += [f"left out, damaged: {one}" for one in done.left_out]
    if done.taken:
        lines.append(f"{done.taken} releases of theirs taken in")
    return "\n".join([*lines, "who has this file can sign in as anybody: keep it as you keep keys"])


def patched_words(done: Patched) -> str:
    """Say what was written, and what to do with it."""
    if not done.files:
        return "nothing was accepted that is not in the files"
    lines = [f"{done.folder}/{one}" for one in done.files]
    return "\n".join([*lines, "look at each, then, in the ecosystem's repository: git am FILE"])


def reminded_words(done: Reminders) -> str:
    """Say who was asked about what, and what could not be sent."""
    if not done.mails:
        return "nobody is to be asked today"
    lines = []
    for mail in done.mails:
        why = f": {mail.why}; it stays due" if mail.why else ""
        lines.append(f"{mail.state}: {mail.name} <{mail.email}>{why}")
        lines += [f"  {one.need} for {one.organization}: {one.statement}" for one in mail.about]
    return "\n".join(lines)


def exported_words(done: Exported) -> str:
    """Say what was written, and where."""
    return f"{done.pages} pages, {done.files} files, {done.bytes} bytes in {done.folder}"
