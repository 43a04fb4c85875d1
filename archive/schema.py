"""The tables of the catalogue. Every change here needs a migration beside it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("origin", LargeBinary, nullable=False),  # paths as given, to know a delivery again
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("expected", Integer),
    Column("opened_at", String, nullable=False),
    Column("finished_at", String),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("patch_codes", String),  # what they do in it; NULL in a batch older than they are
    CheckConstraint("state IN ('open', 'finished', 'released')", name="state"),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False, index=True),
    Column("container_id", ForeignKey("sources.id")),
    Column("position", Integer, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("name", LargeBinary, nullable=False),  # bytes as delivered, never part of a path
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("media", String),
    Column("film", Boolean, nullable=False, default=False),
    Column("paged", Boolean, nullable=False, default=False),
    CheckConstraint("state IN ('arrived', 'surveyed', 'quarantined', 'container')", name="state"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("source_id", ForeignKey("sources.id")),  # the source whose bytes it had, if any
    Column("name", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", String, nullable=False),
    UniqueConstraint("batch_id", "name"),
    CheckConstraint("kind IN ('seen before', 'passed over', 'refused')", name="kind"),
)

frames = Table(
    "frames",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("page", String, nullable=False, unique=True),  # what people and links call it
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("document_id", ForeignKey("documents.id"), index=True),
    Column("sequence", Integer),
    UniqueConstraint("source_id", "number"),
    CheckConstraint(
        "state IN ('pending', 'filed', 'held', 'quarantined', 'blank', 'separator', 'technical')",
        name="state",
    ),
)

pages = Table(
    "pages",
    metadata,
    Column("frame_id", ForeignKey("frames.id"), primary_key=True),
    Column("found", String, nullable=False),  # capture's verdict, a FrameState
    Column("image", String(64)),
    Column("box", JSON, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("dpi", Integer, nullable=False),
    Column("film", Boolean, nullable=False),
    Column("polarity", String, nullable=False),
    Column("rotation", Integer, nullable=False),
    Column("rotation_confidence", Float, nullable=False),
    Column("skew", Float, nullable=False),
    Column("skew_confidence", Float, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("barcodes", JSON, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("frame_id", ForeignKey("frames.id"), primary_key=True),
    Column("engine", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("page_index", JSON),
    Column("quality", JSON),  # as ocr.codec writes it; none for readings older than schema 0002
    Column("verdict", String),  # of the quality, to find what is not good
    Column("handwritten", Boolean, nullable=False, default=False, server_default=false()),
    # What was read badly is counted without reading past the words of every page.
    Index("ix_readings_verdict", "verdict", "handwritten"),
)

same_sheets = Table(
    "same_sheets",
    metadata,
    Column("frame_id", ForeignKey("frames.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "of_frame_id", ForeignKey("frames.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("confidence", Float, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False, index=True),
    Column("type_code", String, nullable=False),
    Column("type_name", String, nullable=False),
    Column("type_confidence", Float, nullable=False),
    Column("state", String, nullable=False),
    Column("mrn", String, index=True),
    Column("patient_name", String),
    Column("birth_date", String),
    Column("service_date", String),
    Column("reason", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("boundary_confidence", Float, nullable=False),
    CheckConstraint("state IN ('filed', 'held')", name="state"),
)

index_values = Table(
    "index_values",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("frame_id", ForeignKey("frames.id"), nullable=False),
    Column("field", String, nullable=False),
    Column("value", String, nullable=False),
    Column("raw", String, nullable=False),
    Column("box", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rule", String, nullable=False),
    # The headings of an index are grouped without a look at the values themselves.
    Index("ix_index_values_field", "field", "value", "document_id"),
)

candidates = Table(
    "candidates",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("mrn", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", String, nullable=False),
)

patients = Table(
    "patients",
    metadata,
    Column("mrn", String, primary_key=True),
    Column("last_name", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("middle_name", String, nullable=False),
    Column("suffix", String, nullable=False),
    Column("sex", String, nullable=False),
    Column("birth_date", String, nullable=False, index=True),
    Column("ssn", String, nullable=False, index=True),
    Column("address", String, nullable=False),
    Column("city", String, nullable=False),
    Column("state", String, nullable=False),
    Column("zip", String, nullable=False),
    Column("phone", String, nullable=False),
)

patient_names = Table(
    "patient_names",
    metadata,
    Column("mrn", ForeignKey("patients.mrn"), primary_key=True),
    Column("rank", Integer, primary_key=True),  # 0 is the present name
    Column("last_name", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("surname_key", String, nullable=False),  # as patients.name_key tells names
    Column("given_key", String, nullable=False),
    Index("ix_patient_names_keys", "surname_key", "given_key"),
)

patient_numbers = Table(
    "patient_numbers",
    metadata,
    Column("number", String, primary_key=True),  # an old number that leads to a patient
    Column("mrn", ForeignKey("patients.mrn"), primary_key=True, index=True),
)

learned = Table(
    "learned",
    metadata,
    Column("subject", String, primary_key=True),  # what was learned, such as weights
    Column("content", Text, nullable=False),
    Column("at", String, nullable=False),
)

work = Table(
    "work",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("stage", String, nullable=False),
    Column("version", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("at", String, nullable=False),
    CheckConstraint("state IN ('done', 'failed')", name="state"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

rolls = Table(
    "rolls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("roll_key", String, nullable=False, index=True),  # as indexer.car.roll_key tells rolls
    Column("kind", String, nullable=False),
    Column("layout", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("reduction", Float),
    Column("deferred", Boolean, nullable=False),
    Column("blips", JSON, nullable=False),
    Column("doubts", JSON, nullable=False),
    Column("density", JSON, nullable=False),
    Column("density_step", Integer, nullable=False),
    UniqueConstraint("batch_id", "name"),
    CheckConstraint("kind IN ('roll', 'fiche')", name="kind"),
)

roll_parts = Table(
    "roll_parts",
    metadata,
    Column("roll_id", ForeignKey("rolls.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("image", Integer, nullable=False),  # which image of the file, from 1
    Column("start", Integer, nullable=False),  # line of the roll where the file begins
    Column("shift", Integer, nullable=False),  # columns by which it lies to the right
    UniqueConstraint("source_id", "image"),
)

roll_frames = Table(
    "roll_frames",
    metadata,
    Column("roll_id", ForeignKey("rolls.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # from 1, as the frames were exposed
    Column("frame_id", ForeignKey("frames.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("box", JSON, nullable=False),
    Column("title_strip", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("card_row", Integer, nullable=False),
    Column("card_column", Integer, nullable=False),
    Column("blip", JSON),
    Column("address", JSON, nullable=False),
)

roll_witnesses = Table(
    "roll_witnesses",
    metadata,
    Column("roll_id", ForeignKey("rolls.id"), primary_key=True),
    Column("witness", String, primary_key=True),
    Column("expected", Integer),
    Column("part", Integer),
    Column("of", Integer),
    Column("series", String, nullable=False),
)

roll_explanations = Table(
    "roll_explanations",
    metadata,
    Column("roll_id", ForeignKey("rolls.id"), primary_key=True),
    Column("difference", String, primary_key=True),
    Column("basis", String, nullable=False),  # the figures that were explained
    Column("person", String, nullable=False),
    Column("at", String, nullable=False),
    Column("text", Text, nullable=False),
)

car_rows = Table(
    "car_rows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("roll", String, nullable=False, index=True),
    Column("roll_key", String, nullable=False, index=True),
    Column("address", JSON, nullable=False),
    Column("place", String, nullable=False, index=True),  # roll and address, to be looked up
    Column("mrn", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("document_type", String, nullable=False),
    Column("date", String, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("field", String, nullable=False),  # of a value, else empty
    Column("value", String, nullable=False),
    Column("despite", Boolean, nullable=False),  # the person knew that a page names another
    Column("ruled_out", JSON, nullable=False),  # record numbers seen when no patient was right
    Column("person", String, nullable=False),
    Column("at", String, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint(
        "kind IN ('patient', 'no patient', 'type', 'value', 'boundary', 'state', 'seen')",
        name="kind",
    ),
)

# By the identity of a frame and not its row: a source that is tried again gets new rows.
decision_frames = Table(
    "decision_frames",
    metadata,
    Column("decision_id", ForeignKey("decisions.id"), primary_key=True),
    Column("source", String(64), primary_key=True, index=True),
    Column("number", Integer, primary_key=True),
    Column("machine_state", String, nullable=False),  # what the frame was without the decision
    Column("machine_reason", String, nullable=False),
    Column("ended_at", String),
    Column("ended_by", String),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("page", String, nullable=False),
    sqlite_autoincrement=True,
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("query", Text, nullable=False),
    Column("filters", JSON, nullable=False),  # only those that narrow
    Column("to_the_letter", Boolean, nullable=False),
    Column("person", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("last_run_at", String),
    Column("runs", Integer, nullable=False, default=0),
)

# By the name of a page and not its row, as decisions are: frames may get new rows.
saved_pages = Table(
    "saved_pages",
    metadata,
    Column("search_id", ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True),
    Column("page", String, primary_key=True),
    Column("document", String, nullable=False),  # as it was reported; empty for a loose page
    Column("mrn", String, nullable=False),  # as it was reported; empty while nobody's
    Column("reported_at", String, nullable=False),
)
