"""The tables, by noun. Imported by Django, which looks for models here."""

from peso.portal.store.models.product import Area, Member, Product, ProductRecipe
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
from peso.portal.store.models.source import Generation, Source
from peso.portal.store.models.stack import Stack, StackFinding, StackRoot

__all__ = [
    "Area",
    "Cell",
    "Coverage",
    "Evidence",
    "Generation",
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
    "state_of",
]
