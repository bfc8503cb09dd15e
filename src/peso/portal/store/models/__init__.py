"""The tables, by noun. Imported by Django, which looks for models here."""

from peso.portal.store.models.consortium import Consortium
from peso.portal.store.models.product import Area, Listing, Member, Product, ProductRecipe
from peso.portal.store.models.recipe import (
    Recipe,
    RecipeDependency,
    RecipeProvided,
    RecipeVersion,
)
from peso.portal.store.models.release import (
    Coverage,
    Evidence,
    Release,
    ReleaseFile,
    ReleaseFinding,
    ReleaseProduct,
    ReleaseUnit,
)
from peso.portal.store.models.result import Cell, Platform, TestResult, state_of
from peso.portal.store.models.source import Generation, Source, Upstream, Workspace, WorkspaceFile
from peso.portal.store.models.stack import Stack, StackFinding, StackRoot

__all__ = [
    "Area",
    "Cell",
    "Consortium",
    "Coverage",
    "Evidence",
    "Generation",
    "Listing",
    "Member",
    "Platform",
    "Product",
    "ProductRecipe",
    "Recipe",
    "RecipeDependency",
    "RecipeProvided",
    "RecipeVersion",
    "Release",
    "ReleaseFile",
    "ReleaseFinding",
    "ReleaseProduct",
    "ReleaseUnit",
    "Source",
    "Stack",
    "StackFinding",
    "StackRoot",
    "TestResult",
    "Upstream",
    "Workspace",
    "WorkspaceFile",
    "state_of",
]
