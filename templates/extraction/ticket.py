"""What is read out of a repair request: edit it, or name a model or a JSON Schema of your own in the recipe.

A description may give other words for a value, which count where the text has them: `now: urgent, at once; later: …`.
Examples are what records are drawn from.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Ticket(BaseModel):
    """A repair that a tenant asks for."""

    tenant: str | None = Field(
        description="First and last name of the person who writes.",
        examples=[
            "Amina Costa", "Bruno Adler", "Carla Jensen", "Dmitri Novak", "Elena Rossi", "Farid Haddad",
            "Greta Lindner", "Hugo Moreau", "Ines Santos", "Jonas Ekberg", "Keiko Tanaka", "Maya Okafor",
            "Omar Varga", "Paula Garcia",
        ],
    )  # fmt: skip
    flat: Annotated[str, Field(pattern=r"^[1-9][0-9]?[A-D]$")] | None = Field(description="The flat, such as 12B.")
    broken: str | None = Field(
        description="The thing that does not work.",
        examples=[
            "kitchen tap", "heating", "bathroom light", "washing machine", "front door lock", "balcony door", "oven",
            "shower drain", "doorbell", "bedroom window", "fridge", "radiator", "letter box", "smoke alarm", "blinds",
            "toilet flush", "extractor fan", "cellar light", "lift", "dishwasher",
        ],
    )  # fmt: skip
    since: date | None = Field(description="The first day on which it did not work.")
    urgency: Literal["now", "this week", "later"] | None = Field(
        description="How soon somebody must come. now: urgent, immediately, at once, right away, emergency, as soon as "
        "possible, today; this week: in the next days, in a few days, soon; later: no hurry, not urgent, can wait, "
        "no rush"
    )
    phone: str | None = Field(
        description="Where to call back.",
        json_schema_extra={"format": "phone"},
    )
    damage: Annotated[int, Field(ge=20, le=900, multiple_of=10)] | None = Field(
        description="What the damage may cost, in euros."
    )
