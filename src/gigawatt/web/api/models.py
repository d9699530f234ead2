"""Bodies and answers of the API, as OpenAPI shows them. Only shape and size are checked here, words by the library."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gigawatt.web.asking import LONGEST_VALUE, MOST_FACTS, UPLOAD_ID, of_query

Text = Annotated[str, StringConstraints(max_length=LONGEST_VALUE)]
Line = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}(\.[A-Za-z0-9]{1,8})?$")]
Upload = Annotated[str, StringConstraints(pattern=UPLOAD_ID)]
NoneOrUpload = Annotated[str, StringConstraints(pattern=f"^$|{UPLOAD_ID}")]
Content = Annotated[str, StringConstraints(max_length=8_000_000)]
Number = Annotated[float, Field(strict=True, ge=-1e18, le=1e18)]
NO_OTHER: dict[str, Any] = {"additionalProperties": False}  # than names of the pattern
Files = Annotated[dict[Name, Content], Field(json_schema_extra=NO_OTHER)]
Flag = Annotated[bool, Field(strict=True)]
Value = Text | Number


class Body(BaseModel):
    """What every body shares: no unknown keys, no NaN."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Terms(Body):
    """A question without its place; every key may be left out. Values as people write them, or in house units."""

    budget: Text | None = Field(default=None, examples=["109 B€"])
    power: Value | None = Field(default=None, examples=["1 GW nuclear"])
    accelerators: Value | None = Field(default=None, examples=["100k GB300"])
    accelerator: Text | None = None
    by: Text | None = Field(default=None, examples=["2030"])
    train: Text | None = Field(default=None, examples=["llama-3.1-405b in 60 days"])
    serve: Value | None = Field(default=None, examples=["10 M users"])
    clean: Value | None = None
    co2_cap_kg_per_mwh: Value | None = None
    cooling: Text | None = None
    operating_model: Text | None = None
    build_type: Text | None = None
    existing_connection: Value | None = None
    goal: Text | None = None
    utilisation: Value | None = None
    security_level: Value | None = None
    precision: Text | None = None
    software: Value | None = None
    operator: Text | None = None
    cluster_age: Value | None = None
    recovery: Text | None = None
    spares: Value | None = None
    elastic: Flag | Text | None = None
    facts: Annotated[dict[Text, Text | Number], Field(max_length=MOST_FACTS)] | None = None
    price_year: Annotated[int, Field(ge=-(10**9), le=10**9)] | Text | None = None
    draws: Annotated[int, Field(ge=-(10**9), le=10**9)] | Text | None = None
    seed: Annotated[int, Field(ge=-(10**18), le=10**18)] | Text | None = None
    as_of: Text | None = None

    def words(self) -> dict[str, Any]:
        """What was given, as ``read_scenario`` takes it."""
        return {k: v for k, v in self.model_dump().items() if v is not None and v != ""}


class Question(Terms):
    """A question about one place."""

    place: Text | None = Field(default=None, examples=["France"])
    at: Text | Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    weather_file: Upload | None = Field(default=None, description="Id of an upload, never a path: /api/uploads.")
    price_file: Upload | None = Field(default=None, description="Id of an upload, never a path: /api/uploads.")


class PlanQuestion(Question):
    """A question, and how much is told."""

    frontier: Flag = Field(default=False, description="Also the same campus by every strategy.")


class PlanQuery(Body):
    """A question in an address: the same keys, every value as text."""

    place: Text = ""
    at: Text = ""
    budget: Text = ""
    power: Text = ""
    accelerators: Text = ""
    accelerator: Text = ""
    by: Text = ""
    train: Text = ""
    serve: Text = ""
    clean: Text = ""
    co2_cap_kg_per_mwh: Text = ""
    cooling: Text = ""
    operating_model: Text = ""
    build_type: Text = ""
    existing_connection: Text = ""
    goal: Text = ""
    utilisation: Text = ""
    security_level: Text = ""
    precision: Text = ""
    software: Text = ""
    operator: Text = ""
    cluster_age: Text = ""
    recovery: Text = ""
    spares: Text = ""
    elastic: Text = ""
    weather_file: NoneOrUpload = ""
    price_file: NoneOrUpload = ""
    price_year: Text = ""
    draws: Text = ""
    seed: Text = ""
    as_of: Text = ""
    lang: Text = ""
    set: Annotated[list[Text], Field(max_length=MOST_FACTS)] = Field(
        default_factory=list, description="FACT=VALUE, as often as needed."
    )

    def question(self) -> dict[str, Any]:
        """The question, as ``read_scenario`` takes it."""
        return of_query((k, v) for k, values in self.model_dump().items() for v in _listed(values))


class ExplainQuery(PlanQuery):
    """A question in an address, and one of its figures."""

    figure: Text = Field(examples=["pue"])

    def question(self) -> dict[str, Any]:
        found = super().question()
        found.pop("figure", None)
        return found


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


class Explain(Body):
    """A question and one of its figures."""

    question: Question
    figure: Text = Field(examples=["lcoc_usd_per_accelerator_hour"])


class Compare(Body):
    """Two to six ids of programmes, or questions."""

    programmes: Annotated[list[Text | Question], Field(min_length=2, max_length=6)]
    as_of: Text | None = None
    price_year: Annotated[int, Field(ge=2015, le=2025)] = 2025


class Audit(Body):
    """An announcement."""

    text: Line = Field(examples=["EUR 20 bn, 5 gigafactories, 100,000 GB300 each"])
    place: Text = ""
    as_of: Text | None = None
    price_year: Annotated[int, Field(ge=2015, le=2025)] = 2025


class Train(Body):
    """A run on a cluster."""

    model: Text = Field(examples=["llama-3.1-405b"])
    on: Text = Field(examples=["16384 H100"])
    tokens: Annotated[float, Field(gt=0, le=1e18)] | None = None
    flop: Annotated[float, Field(gt=0, le=1e32)] | None = None
    batch: Annotated[int, Field(ge=1, le=10**9)] | None = None
    sequence: Annotated[int, Field(ge=1, le=10**9)] | None = None
    precision: Text = "bf16"
    software: Annotated[float, Field(ge=2015, lt=2100)] | None = None
    plan: Annotated[dict[Text, Text | Number], Field(max_length=20)] | None = None
    recovery: Text | None = None
    loss: Annotated[float, Field(gt=0, le=100)] | None = Field(default=None, description="Nats per token to reach.")
    operator: Text | None = None
    age: Annotated[float, Field(ge=0, le=1e4)] | None = Field(default=None, description="Months in service.")
    spares: Annotated[float, Field(ge=0, lt=1)] | None = None
    elastic: Flag = False
    sites: Annotated[int, Field(ge=1, le=1000)] | None = None
    wan: Value | None = Field(default=None, examples=["800 Gbps"])
    distance: Value | None = Field(default=None, examples=["300 km"])
    within: Value | None = Field(default=None, examples=["5 %"])


class Network(Body):
    """The network of a cluster."""

    on: Text = Field(examples=["100k GB300"])
    topology: Text | None = Field(default=None, description="All where not given.")
    sides: Text | None = Field(default=None, description="Sides of a torus, such as 16x16x16.")


class Serve(Body):
    """A model on accelerators."""

    model: Text = Field(examples=["llama-3.1-70b"])
    on: Text = Field(examples=["8 B200"])
    input_tokens: Annotated[float, Field(ge=1, le=1e7)] = 1024
    output_tokens: Annotated[float, Field(ge=1, le=1e7)] = 1024
    tpot_s: Annotated[float, Field(gt=0, le=1e6)] | None = None
    ttft_s: Annotated[float, Field(gt=0, le=1e6)] | None = None
    precision: Text | None = None
    engine: Text = "vllm"
    mode: Text = "aggregated"
    cached_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    tokens_per_step: Annotated[float, Field(ge=1, le=100)] = 1.0
    overlap: Annotated[float, Field(ge=0, le=1)] = Field(default=0.0, description="Share of exchanges hidden.")
    sent_bits: Annotated[float, Field(ge=4, le=16)] = Field(default=16.0, description="Of what is sent to experts.")
    concurrency: Annotated[float, Field(ge=1, le=1e12)] | None = None
    software: Annotated[float, Field(ge=2015, lt=2100)] | None = None
    usd_per_hour: Annotated[float, Field(ge=0, le=1e6)] | None = None
    tokens_per_user_day: Annotated[float, Field(gt=0, le=1e12)] | None = None


class Power(Body):
    """A case of the power room: the file's text, and its series by name."""

    case: Content = Field(description="TOML or JSON, as for gigawatt power.")
    series: Annotated[dict[Name, Content], Field(max_length=20, json_schema_extra=NO_OTHER)] = Field(
        default_factory=dict
    )
    gap: Annotated[float, Field(gt=0, lt=1)] = 1e-4


class Validate(Body):
    """Case files by name; none: the published cases that come with the package."""

    files: Annotated[dict[Name, Content], Field(max_length=50, json_schema_extra=NO_OTHER)] = Field(
        default_factory=dict
    )
    rows: Flag = False


class Screen(Body):
    """One question for many places."""

    places: Annotated[list[Text], Field(max_length=300)] = Field(default_factory=list)
    sites: Text | None = Field(default=None, description="Instead: the candidate sites within this country.")
    question: Terms = Field(default_factory=Terms)
    sort: Text | None = None
    reverse: Flag = False
    territories: Flag = False
    count: Annotated[int, Field(ge=1, le=5000)] | None = None


class Portfolio(Body):
    """A portfolio that ships, by name, or its words."""

    name: Text | None = Field(default=None, examples=["eu-aigf"])
    words: dict[str, Any] | None = None


class Problem(BaseModel):
    """One thing that is wrong."""

    place: str
    value: str | int | float | bool | None
    expected: str
    next: str
    message: str


class Fault(Problem):
    """What is wrong: the first problem, and all of them."""

    status: int
    problems: list[Problem]


class Error(BaseModel):
    """The one shape of every error."""

    error: Fault


class PlanAnswer(BaseModel):
    """A plan, as ``gigawatt plan --json`` prints it (docs/schema.json)."""

    model_config = ConfigDict(extra="allow")
    schema_: int = Field(alias="schema")
    question: dict[str, Any]
    verdict: dict[str, Any]
    ladder: list[dict[str, Any]]
    figures: dict[str, dict[str, Any]]


class Object(BaseModel):
    """The JSON of the verb, as the command line prints it."""

    model_config = ConfigDict(extra="allow")


class ScreenJob(Body):
    """A screen of many places."""

    kind: Literal["screen"]
    request: Screen


class FrontierJob(Body):
    """The same campus by every strategy."""

    kind: Literal["frontier"]
    request: Question


class DrawsJob(Body):
    """Whole plans drawn jointly: how sure, and what it hangs on; ``draws`` of them."""

    kind: Literal["draws"]
    request: Question


class PortfolioJob(Body):
    """One budget over several sites."""

    kind: Literal["portfolio"]
    request: Portfolio


class JobAnswer(BaseModel):
    """A job: its state, and how far it is. Times in seconds since 1970."""

    id: str
    kind: str
    request: dict[str, Any]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    created: float
    finished: float | None
    model_version: str
    error: Fault | None


class JobList(BaseModel):
    """Jobs, the newest first."""

    jobs: list[JobAnswer]


PlanName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Notes = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]


class NewPlan(Body):
    """A question to be kept."""

    name: PlanName
    notes: Notes = ""
    question: Question


class PlanChange(Body):
    """A new name, new notes."""

    name: PlanName | None = None
    notes: Notes | None = None


class SavedAnswer(BaseModel):
    """A saved plan: only what differs from the defaults, and the hash of the answer. Times in seconds since 1970."""

    id: str
    name: str
    notes: str
    question: dict[str, Any]
    address: str
    answer: str
    headline: str
    answer_hash: str
    model_version: str
    facts_hash: str
    created: float
    changed: float


class SavedList(BaseModel):
    """Saved plans, the last changed first."""

    plans: list[SavedAnswer]
