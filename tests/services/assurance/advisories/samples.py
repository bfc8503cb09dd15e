"""One small file of each format, made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.services.assurance.advisories.own_records import GOOD
from tests.services.assurance.advisory_files import V3_MEDIUM, advisory

COMMITS = {
    "type": "GIT",
    "repo": "https://github.com/makers/libthing.git",
    "events": [{"introduced": "0"}, {"fixed": "abc"}],
}
PLAIN: Mapping[str, Any] = MappingProxyType(
    {
        "osv": advisory("X-1", aliases=("CVE-1",), vector=V3_MEDIUM, database_specific={}),
        "peso": GOOD,
        "kev": {
            "catalogVersion": "2024.01.01",
            "dateReleased": "2024-01-01T00:00:00Z",
            "count": 1,
            "vulnerabilities": [
                {
                    "cveID": "CVE-2024-1000",
                    "vulnerabilityName": "Makers LibThing",
                    "dateAdded": "2024-01-02",
                    "dueDate": "2024-01-23",
                    "knownRansomwareCampaignUse": "Unknown",
                }
            ],
        },
        "nvd": {
            "format": "NVD_CVE",
            "timestamp": "2024-01-01T00:00:00.000",
            "vulnerabilities": [
                {
                    "cve": {
                        "id": "CVE-2024-1000",
                        "published": "2024-01-01T00:00:00.000",
                        "lastModified": "2024-01-02T00:00:00.000",
                        "vulnStatus": "Analyzed",
                        "descriptions": [{"lang": "en", "value": "A thing"}],
                        "metrics": {
                            "cvssMetricV31": [
                                {"type": "Primary", "cvssData": {"vectorString": V3_MEDIUM}}
                            ]
                        },
                        "configurations": [
                            {
                                "operator": "AND",
                                "nodes": [
                                    {
                                        "operator": "OR",
                                        "negate": False,
                                        "cpeMatch": [
                                            {
                                                "vulnerable": True,
                                                "criteria": "cpe:2.3:a:m:t:*:*:*:*:*:*:*:*",
                                                "versionStartExcluding": "1.0",
                                                "versionEndIncluding": "2.0",
                                            }
                                        ],
                                    }
                                ],
                            }
                        ],
                    }
                }
            ],
        },
        "cve5": {
            "dataType": "CVE_RECORD",
            "cveMetadata": {"cveId": "CVE-2024-1000", "state": "PUBLISHED"},
            "containers": {
                "cna": {
                    "providerMetadata": {"shortName": "makers"},
                    "datePublic": "2024-01-01T00:00:00Z",
                    "title": "A thing",
                    "metrics": [{"other": {"content": {"text": "Low"}}}],
                    "affected": [
                        {
                            "vendor": "Makers",
                            "product": "LibThing",
                            "defaultStatus": "unknown",
                            "cpes": ["cpe:2.3:a:m:t:*:*:*:*:*:*:*:*"],
                            "versions": [
                                {
                                    "version": "1.0",
                                    "lessThan": "2.0",
                                    "status": "affected",
                                    "changes": [{"at": "1.5", "status": "unaffected"}],
                                },
                                {"version": ">= 3, < 4", "status": "affected"},
                            ],
                        }
                    ],
                }
            },
        },
        "curl": [
            {**advisory("CURL-CVE-1"), "affected": [{"ranges": [COMMITS], "versions": ["1"]}]}
        ],
        "hdf": [{"title": "all", "issues": [{"id": "CVE-2020-1", "fix_releases": ["1.2.3"]}]}],
    }
)


def file_of(form: str, data: object) -> tuple[str, bytes]:
    """Return a file's name and bytes; JSON is YAML too."""
    name = {"hdf": "list.yml", "peso": "PESO-2026-1.yaml"}.get(form, "x.json")
    return name, json.dumps(data).encode()
