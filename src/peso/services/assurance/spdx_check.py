"""Whether an SPDX document is valid, by spdx-tools' own validators, in time.

The library looks through all packages for each relationship, and through all relationships for each
package: a minute for 10,000 relationships. Here the same validators see everything once:

1. The whole document with the relationship that describes it and no other: versions, every package,
   every license, every id and that no two are the same.
2. The relationships, a few at a time, each time in a document of the packages they name: one that
   names what is not in the whole document is found as before.

What is lost is the rule that a package which was not analyzed contains no file: PESO's documents
have no files, and one that had would be refused here.
"""

from __future__ import annotations

from spdx_tools.spdx.model import Document, Relationship, RelationshipType
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.validation.relationship_validator import validate_relationships

_SHOWN = 5
_AT_ONCE = 16
"""Those of one item come together, so that a few packages are named by many."""


def faults(document: Document) -> str | None:
    """Say what is wrong with a document, or None."""
    if document.files or document.snippets:
        return "it has files or snippets, whose rules are not looked at here"
    describing = [
        one for one in document.relationships if one.relationship_type is RelationshipType.DESCRIBES
    ]
    whole = Document(
        creation_info=document.creation_info,
        packages=document.packages,
        relationships=describing,
        extracted_licensing_info=document.extracted_licensing_info,
    )
    found = validate_full_spdx_document(whole)
    packages = {package.spdx_id: package for package in document.packages}
    others = [one for one in document.relationships if one not in describing]
    for at in range(0, len(others), _AT_ONCE):
        several = others[at : at + _AT_ONCE]
        small = Document(
            creation_info=document.creation_info,
            packages=[packages[one] for one in _named(several) if one in packages],
        )
        found.extend(validate_relationships(several, "SPDX-2.3", small))
    said = "; ".join(fault.validation_message for fault in found[:_SHOWN])
    return said or None


def _named(relationships: list[Relationship]) -> list[str]:
    ids = {one.spdx_element_id for one in relationships}
    ids.update(str(one.related_spdx_element_id) for one in relationships)
    return sorted(ids)
