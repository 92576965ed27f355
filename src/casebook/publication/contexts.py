"""What partners say of their country: legislation, social awareness and prevention programmes, per crime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from casebook.errors import Fault, StudyRefused
from casebook.study import Study

FILE = "context.yml"


class Context(BaseModel):
    """A country's context for one crime, in its partner's words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    legislation: str
    social_awareness: str
    prevention_programmes: str


#: By country and crime.
Contexts = Mapping[tuple[str, str], Context]


def read_contexts(data: Path, study: Study) -> Contexts:
    """Return the context of every country and crime of the study; raises StudyRefused with all that is missing."""
    found: dict[tuple[str, str], Context] = {}
    faults: list[Fault] = []
    for country in study.countries:
        shown = f"data/countries/{country}/{FILE}"
        try:
            raw = yaml.safe_load((data / "countries" / country / FILE).read_text("utf-8"))
            found |= {(country, crime): Context.model_validate(raw[crime]) for crime in study.crimes}
        except (OSError, yaml.YAMLError) as error:
            faults.append(Fault(shown, "", "the country has no context that can be read", value=type(error).__name__))
        except (KeyError, TypeError) as error:
            faults.append(Fault(shown, str(error).strip("'"), "the context of a crime is missing"))
        except ValidationError as error:
            faults += [Fault(shown, ".".join(map(str, e["loc"])), str(e["msg"]).lower()) for e in error.errors()]
    if faults:
        raise StudyRefused(faults)
    return found
