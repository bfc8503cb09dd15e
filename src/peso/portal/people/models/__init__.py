"""The tables, by noun. Imported by Django, which looks for models here."""

from peso.portal.people.models.account import Account
from peso.portal.people.models.change import Change, Personal
from peso.portal.people.models.grant import Grant
from peso.portal.people.models.invitation import Invitation
from peso.portal.people.models.proposal import Proposal
from peso.portal.people.models.runner import Runner
from peso.portal.people.models.token import Token

__all__ = [
    "Account",
    "Change",
    "Grant",
    "Invitation",
    "Personal",
    "Proposal",
    "Runner",
    "Token",
]
