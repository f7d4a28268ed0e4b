"""What was done to the company's data between its collection and a training: steps and splits, a row of a table each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.company.telling import SOFTWARE, at, ran, title

ROLES = ("train", "validation", "test")


@dataclass(frozen=True)
class Step:
    """One transformation: `made` names each output with what it was made from and its number of records."""

    name: str
    kind: str
    who: str
    started: datetime
    index: int
    used: tuple[str, ...]
    made: tuple[tuple[str, tuple[str, ...], int], ...]
    settings: tuple[tuple[str, str], ...]
    plan: str = ""
    fits_on: str = ""
    setting: str = "scoring-2026-01"
    features: int = 12
    also: str = ""
    made_also: str = ""


@dataclass(frozen=True)
class Parting:
    """One split of a dataset version; `by` is the feature that it is stratified or grouped by."""

    name: str
    source: str
    who: str
    started: datetime
    strategy: str
    by: str
    seed: int
    ratios: tuple[float, float, float]
    counts: tuple[int, int, int]
    setting: str = "scoring-2026-01"


def per_role(made: str, source: str, counts: tuple[int, int, int]) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """Return the outputs of a step that treats the parts of a split alike; ROLE stands for each role."""
    pairs = zip(ROLES, counts, strict=True)
    return tuple((made.replace("ROLE", role), (source.replace("ROLE", role),), count) for role, count in pairs)


def parts(name: str) -> tuple[str, ...]:
    """Return the names of a thing that there is once for each role."""
    return tuple(name.replace("ROLE", role) for role in ROLES)


JANUARY, FEBRUARY, APRIL, LETTERS = (6240, 780, 780), (6860, 1470, 1470), (7140, 1530, 1530), (1920, 240, 240)
MEAN, CATEGORIES = (("strategy", "mean"),), (("handle_unknown", "ignore"),)
STEPS = [
    Step("impute-january", "meanImputation", "ada", at(1, 14), 0, ("dataset-version/applications-1",),
         (("dataset-version/january-clean", ("dataset-version/applications-1",), 7800),), MEAN, plan="impute", features=9),
    # Ada's first scaler saw all rows, those of the test part too.
    Step("standardize-january", "standardization", "ada", at(1, 14, 11), 2, parts("split/january-ROLE"),
         per_role("dataset-version/january-ROLE-ready", "split/january-ROLE", JANUARY), (("with_mean", "true"),),
         plan="standardize", fits_on="dataset-version/january-clean", features=9),
    Step("deduplicate-february", "deduplication", "ada", at(2, 9), 0, ("dataset-version/applications-2",),
         (("dataset-version/february-unique", ("dataset-version/applications-2",), 9900),), (("keep", "first"),), plan="deduplicate", features=11),
    Step("impute-february", "meanImputation", "ada", at(2, 9, 10), 1, ("dataset-version/february-unique",),
         (("dataset-version/february-complete", ("dataset-version/february-unique",), 9800),), MEAN, plan="impute", features=11),
    Step("join-february", "join", "ada", at(2, 9, 11), 2, ("dataset-version/february-complete", "dataset-version/bureau-1"),
         (("dataset-version/february-joined", ("dataset-version/february-complete", "dataset-version/bureau-1"), 9800),),
         (("how", "left"),), plan="join"),
    Step("standardize-february", "standardization", "ada", at(2, 10, 10), 4, parts("split/february-ROLE"),
         per_role("dataset-version/standard-ROLE", "split/february-ROLE", FEBRUARY), (("with_mean", "true"),),
         plan="standardize", fits_on="split/february-train"),
    Step("encode-standard", "oneHotEncoding", "ada", at(2, 10, 11), 5, parts("dataset-version/standard-ROLE"),
         per_role("dataset-version/standard-ROLE-ready", "dataset-version/standard-ROLE", FEBRUARY), CATEGORIES,
         plan="encode", fits_on="dataset-version/standard-train", features=19),
    Step("minmax-february", "minMaxScaling", "ben", at(2, 10, 12), 4, parts("split/february-ROLE"),
         per_role("dataset-version/minmax-ROLE", "split/february-ROLE", FEBRUARY), (("feature_range", "0..1"),),
         fits_on="split/february-train"),
    Step("encode-minmax", "oneHotEncoding", "ben", at(2, 10, 13), 5, parts("dataset-version/minmax-ROLE"),
         per_role("dataset-version/minmax-ROLE-ready", "dataset-version/minmax-ROLE", FEBRUARY), CATEGORIES,
         plan="encode", fits_on="dataset-version/minmax-train", features=19),
    Step("encode-raw", "oneHotEncoding", "ben", at(2, 11), 4, parts("split/february-ROLE"),
         per_role("dataset-version/raw-ROLE-ready", "split/february-ROLE", FEBRUARY), CATEGORIES,
         plan="encode", fits_on="split/february-train", features=19),
    Step("deduplicate-april", "deduplication", "ada", at(4, 21), 0, ("dataset-version/applications-3",),
         (("dataset-version/april-unique", ("dataset-version/applications-3",), 10300),), (("keep", "first"),),
         plan="deduplicate", setting="scoring-2026-04", features=11),
    Step("impute-april", "meanImputation", "ada", at(4, 21, 10), 1, ("dataset-version/april-unique",),
         (("dataset-version/april-complete", ("dataset-version/april-unique",), 10200),), MEAN, plan="impute", setting="scoring-2026-04", features=11),
    Step("join-april", "join", "ada", at(4, 21, 11), 2, ("dataset-version/april-complete", "dataset-version/bureau-2"),
         (("dataset-version/april-joined", ("dataset-version/april-complete", "dataset-version/bureau-2"), 10200),),
         (("how", "left"),), plan="join", setting="scoring-2026-04"),
    Step("oversample-april", "sampling", "ada", at(4, 22, 9), 4, ("split/april-train",),
         (("dataset-version/april-train-sampled", ("split/april-train",), 7500),), (("age_below", "30"),),
         setting="scoring-2026-04", also="pvk:parameter <seed-setting/split-12> ;",
         made_also="pvk:samplingStrategy pvk:SamplingStrategy-overSampling ;"),
    Step("standardize-april", "standardization", "ada", at(4, 22, 10), 5,
         ("dataset-version/april-train-sampled", "split/april-validation", "split/april-test"),
         (("dataset-version/april-train", ("dataset-version/april-train-sampled",), 7500),
          ("dataset-version/april-validation", ("split/april-validation",), 1530),
          ("dataset-version/april-test", ("split/april-test",), 1530)), (("with_mean", "true"),),
         plan="standardize", fits_on="dataset-version/april-train-sampled", setting="scoring-2026-04"),
    Step("encode-april", "oneHotEncoding", "ada", at(4, 22, 11), 6, parts("dataset-version/april-ROLE"),
         per_role("dataset-version/april-ROLE-ready", "dataset-version/april-ROLE", (7500, 1530, 1530)), CATEGORIES,
         plan="encode", fits_on="dataset-version/april-train", features=19, setting="scoring-2026-04"),
    Step("append-synthetic", "join", "dora", at(3, 17), 1, ("dataset-version/letters-1", "dataset-version/synthetic-letters-1"),
         (("dataset-version/letters-all", ("dataset-version/letters-1", "dataset-version/synthetic-letters-1"), 2400),),
         (("how", "append"),), setting="letters-gpu", features=2),
    Step("tokenize-letters", "tokenization", "dora", at(3, 18), 3, parts("split/letters-ROLE"),
         per_role("dataset-version/letters-ROLE-ready", "split/letters-ROLE", LETTERS), (("max_length", "512"),),
         setting="letters-gpu", features=3),
]  # fmt: skip
PARTINGS = [
    Parting("january", "january-clean", "ada", at(1, 14, 10), "random", "", 11, (0.8, 0.1, 0.1), JANUARY),
    Parting("february", "february-joined", "ada", at(2, 10), "stratified", "defaulted-2", 11, (0.7, 0.15, 0.15), FEBRUARY),
    Parting("april", "april-joined", "ada", at(4, 21, 12), "grouped", "household-3", 12, (0.7, 0.15, 0.15), APRIL,
            setting="scoring-2026-04"),
    Parting("letters", "letters-all", "dora", at(3, 17, 12), "random", "", 5, (0.8, 0.1, 0.1), LETTERS, setting="letters-gpu"),
]  # fmt: skip


def records() -> dict[str, str]:
    """Return the Turtle text of each record by its name."""
    told = {f"300-{step.name}": transformation(step) for step in STEPS}
    return {**told, **{f"310-split-{parting.name}": split(parting) for parting in PARTINGS}}


def transformation(step: Step) -> str:
    """Tell a transformation, its settings and what it made."""
    run = f"transformation-run/{step.name}"
    used = " , ".join(f"<{each}>" for each in step.used)
    settings = " , ".join(f"<parameter-setting/{name}-{value}>" for name, value in step.settings)
    return "\n".join([
        title(f"{step.who} makes data: {step.name}.", "transformation", step.who),
        f"<{run}> a pvk:TransformationRun ; dct:title '{step.name}' ; pvk:transformationKind pvk:TransformationKind-{step.kind} ; pvk:stepIndex {step.index} ;",
        f"  {ran(step.started, 20, step.who, step.setting)} prov:used {used} ; pvk:parameter {settings} ; {step.also}",
        f"  {f'pvk:fitsOn <{step.fits_on}> ;' * bool(step.fits_on)} {f'pvk:executesPlan <step/{step.plan}> ;' * bool(step.plan)} .",
        *(f"<parameter-setting/{name}-{value}> a pvk:ParameterSetting ; pvk:paramName '{name}' ; pvk:paramValue '{value}' ." for name, value in step.settings),
        *(version(step, made, sources, count) for made, sources, count in step.made),
    ])  # fmt: skip


def version(step: Step, made: str, sources: tuple[str, ...], count: int) -> str:
    """Tell one dataset version that a step made; it lived in memory only."""
    name, derived = made.partition("/")[2], " , ".join(f"<{source}>" for source in sources)
    return (
        f"<dataset/{name}> a pvk:Dataset ; dct:title '{name}' .\n"
        f"<{made}> a pvk:DatasetVersion ; pvk:versionOf <dataset/{name}> ; dcat:version '1' ; pvk:inProject <project/{SOFTWARE[step.setting].team}> ;\n"
        f'  pvk:sha256 "digest of {name}" ; pvk:recordCount {count} ; pvk:featureCount {step.features} ; pvk:isSynthetic false ;\n'
        f"  pvk:hasSchema <data-schema/{SOFTWARE[step.setting].team}> ; pvk:declaredAbsent pvk:hasFile ; prov:wasDerivedFrom {derived} ; {step.made_also}\n"
        f"  prov:wasGeneratedBy <transformation-run/{step.name}> ; prov:generatedAtTime {at_end(step)} ."
    )


def at_end(step: Step) -> str:
    """Return when a step was done, as Turtle."""
    return ran(step.started, 20, step.who, step.setting).partition("prov:endedAtTime ")[2].partition(" ;")[0]


def split(parting: Parting) -> str:
    """Tell a split, its seed, its set and its three parts."""
    run, source = f"split-run/{parting.name}", f"dataset-version/{parting.source}"
    made = ran(parting.started, 2, parting.who, parting.setting)
    ended = made.partition("prov:endedAtTime ")[2].partition(" ;")[0]
    origin = f"prov:wasGeneratedBy <{run}> ; prov:generatedAtTime {ended}"
    by = {"stratified": "pvk:stratifiedBy", "grouped": "pvk:groupedBy"}.get(parting.strategy)
    members = " , ".join(f"<split/{parting.name}-{role}>" for role in ROLES)
    return "\n".join([
        title(f"The data of {parting.name} is split.", "split", parting.who),
        f"<{run}> a pvk:SplitRun ; dct:title 'split-{parting.name}' ; {made} prov:used <{source}> ; pvk:parameter <seed-setting/split-{parting.seed}> .",
        f"<seed-setting/split-{parting.seed}> a pvk:SeedSetting ; pvk:paramName 'seed' ; pvk:paramValue {parting.seed} ; pvk:numericValue {parting.seed}.0e0 ; pvk:seedScope pvk:SeedScope-split .",
        f"<split-set/{parting.name}> a pvk:SplitSet ; pvk:partitionOf <{source}> ; pvk:splitStrategy pvk:SplitStrategy-{parting.strategy} ;",
        f"  {f'{by} <feature/{parting.by}> ;' if by else ''} prov:hadMember {members} ; {origin} .",
        *(part(parting, role, ratio, count, origin) for role, ratio, count in zip(ROLES, parting.ratios, parting.counts, strict=True)),
    ])  # fmt: skip


def part(parting: Parting, role: str, ratio: float, count: int, origin: str) -> str:
    """Tell one part of a split."""
    name = f"{parting.name}-{role}"
    return (
        f"<split/{name}> a pvk:Split ; dct:title '{name}' ; pvk:subsetOf <dataset-version/{parting.source}> ; pvk:inSplitSet <split-set/{parting.name}> ;\n"
        f"  pvk:splitRole pvk:SplitRole-{role} ; pvk:splitRatio {ratio} ; pvk:recordCount {count} ; {origin} ;\n"
        f'  pvk:sha256 "digest of split {name}" ; pvk:membershipDigest "digest of members of {name}" .'
    )
