"""What the assistant of an office can do. Each function stands for a service, and answers the same each time.

Types, `Field` and docstrings become the tools' JSON Schemas; examples are what arguments are drawn from.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zlib import crc32

from pydantic import Field

Answer = dict[str, Any]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
City = Annotated[
    str,
    Field(
        examples=[
            "Lisbon", "Oslo", "Vienna", "Porto", "Prague", "Ghent", "Turin", "Leeds", "Bergen", "Graz", "Lyon", "Basel",
            "Krakow", "Bilbao", "Riga", "Athens", "Bremen", "Cork", "Geneva", "Utrecht", "Tallinn", "Seville",
        ]
    ),
]  # fmt: skip
Person = Annotated[
    str,
    Field(
        examples=[
            "Amina Costa", "Bruno Adler", "Carla Jensen", "Dmitri Novak", "Elena Rossi", "Farid Haddad",
            "Greta Lindner", "Hugo Moreau", "Ines Santos", "Jonas Ekberg", "Keiko Tanaka", "Lars Petersen",
            "Maya Okafor", "Nadia Petrov", "Omar Varga", "Paula Garcia", "Rosa Bianchi", "Samuel Fischer",
            "Tanja Kowalski", "Vera Dupont",
        ]
    ),
]  # fmt: skip


def _number(*parts: object) -> int:
    """Return a number that is always the same for the same parts."""
    return crc32("/".join(map(str, parts)).encode())


def weather(city: City, day: Day) -> Answer:
    """Say the weather of a city on one day.

    Args:
        city: The city's name.
        day: The day of the forecast.
    """
    found = _number(city, day)
    sky = ("sunny", "cloudy", "rainy", "windy", "foggy")[found % 5]
    return {"city": city, "day": day, "sky": sky, "degrees": found % 24 + 4}


def find_trains(origin: City, destination: City, day: Day) -> list[Answer]:
    """Find train connections between two cities on one day.

    Args:
        origin: Where the journey begins.
        destination: Where it ends.
        day: The day of travel.
    """
    if origin == destination:
        message = "origin and destination are the same"
        raise ValueError(message)
    found = _number(origin, destination, day)
    hours = (found % 9 + 6, found % 7 + 14)
    return [{"departure": f"{hour:02}:{found % 60:02}", "price": round(found % 90 + 19.9, 2)} for hour in hours]


def convert_currency(
    amount: Annotated[float, Field(ge=5, le=5000, multiple_of=5)],
    source: Literal["EUR", "USD", "GBP", "CHF", "SEK"],
    target: Literal["EUR", "USD", "GBP", "CHF", "SEK"],
) -> Answer:
    """Convert an amount of money from one currency into another.

    Args:
        amount: The amount in the source currency.
        source: The currency of the amount.
        target: The currency that is wanted.
    """
    rates = {"EUR": 1.0, "USD": 1.25, "GBP": 0.8, "CHF": 0.96, "SEK": 11.2}
    if source == target:
        message = "source and target are the same"
        raise ValueError(message)
    return {"amount": round(amount * rates[target] / rates[source], 2), "currency": target}


def book_room(
    room: Literal["Birch", "Cedar", "Maple", "Willow"],
    day: Day,
    people: Annotated[int, Field(ge=2, le=20)],
) -> Answer:
    """Book a meeting room for a day.

    Args:
        room: The room's name.
        day: The day of the meeting.
        people: How many people come.
    """
    return {"booking": f"{room[0]}{_number(room, day, people) % 9000 + 1000}", "room": room, "day": day}


def order_lunch(
    dish: Annotated[
        str,
        Field(
            examples=[
                "lentil soup", "mushroom risotto", "Greek salad", "vegetable curry", "pumpkin ravioli", "bean burrito",
                "potato gratin", "tomato tart", "rice noodles", "falafel wrap", "spinach pie", "pea stew",
            ]
        ),
    ],
    portions: Annotated[int, Field(ge=1, le=30)],
) -> Answer:  # fmt: skip
    """Order lunch from the canteen.

    Args:
        dish: The dish.
        portions: How many portions.
    """
    return {"dish": dish, "portions": portions, "total": round(portions * (_number(dish) % 6 + 6.5), 2)}


def find_colleague(name: Person) -> Answer:
    """Look a colleague up in the directory.

    Args:
        name: First and last name.
    """
    found = _number(name)
    department = ("sales", "design", "finance", "logistics", "research")[found % 5]
    return {"name": name, "employee_number": f"E{found % 9000 + 1000}", "department": department}


def leave_left(employee_number: Annotated[str, Field(pattern="^E[1-9][0-9]{3}$")]) -> Answer:
    """Say how many days of leave a colleague has left this year.

    Args:
        employee_number: The number from the directory.
    """
    return {"employee_number": employee_number, "days": _number(employee_number) % 25 + 1}


def find_order(customer: Person) -> Answer:
    """Find the latest order of a customer.

    Args:
        customer: First and last name.
    """
    found = _number("order", customer)
    goods = ("desk lamp", "office chair", "standing desk", "bookshelf", "coat rack")[found % 5]
    return {"customer": customer, "order_number": f"R-{found % 90000 + 10000}", "goods": goods}


def order_status(order_number: Annotated[str, Field(pattern="^R-[1-9][0-9]{4}$")]) -> Answer:
    """Say where an order is.

    Args:
        order_number: The order's number.
    """
    found = _number(order_number)
    state = ("being packed", "on its way", "at the depot", "delivered")[found % 4]
    return {"order_number": order_number, "state": state, "parcels": found % 3 + 1}


def set_reminder(
    subject: Annotated[
        str,
        Field(
            examples=[
                "water the plants", "call the landlord", "send the invoice", "renew the parking permit",
                "order printer paper", "book the flights", "pay the insurance", "check the smoke detectors",
                "return the projector", "print the name badges", "back up the server", "collect the keys",
            ]
        ),
    ],
    day: Day,
) -> Answer:  # fmt: skip
    """Set a reminder for a day.

    Args:
        subject: What to be reminded of.
        day: When.
    """
    return {"subject": subject, "day": day, "set": True}
