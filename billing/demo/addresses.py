"""Where the demo's customers live. Written after their old bills, which so went out on paper; new ones are e-mailed."""

import unicodedata
from random import Random

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.orm import Session

from billing.demo.people import places_of
from billing.models.customer import Customer

MOST_HOUSES = 90
FIELDS = ("email", "street", "postal_code", "city")


def write_addresses(session: Session, seed: int) -> None:
    rng = Random(f"{seed}:addresses")
    customers = session.execute(select(Customer.id, Customer.name, Customer.number, Customer.country)).all()
    rows: list[dict[str, object]] = []
    for customer_id, name, number, country in sorted(customers, key=lambda row: row[2]):
        street, postal_code, city = rng.choice(places_of(country))
        house = rng.randint(1, MOST_HOUSES)
        rows.append(
            {
                "key": customer_id,
                "email": f"{_address_part(name)}.{number[-3:]}@post.example",
                "street": f"{street} {house}",
                "postal_code": postal_code,
                "city": city,
            }
        )
    fields: dict[str, BindParameter[str]] = {
        field: bindparam(field) for field in ("email", "street", "postal_code", "city")
    }
    customer = Customer.__table__
    session.connection().execute(update(Customer).where(customer.c.id == bindparam("key")).values(fields), rows)


def _address_part(name: str) -> str:
    """Spell a name in the letters that every mail server takes: "Väinö Böhm" becomes "vaino.bohm"."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ß", "ss")).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".")
