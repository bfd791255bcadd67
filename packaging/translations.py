"""Keep the translation files in step with the sources: ``python packaging/translations.py update``.

Reads the sources as syntax trees, so that helpers around ``QCoreApplication.translate`` and the sentences
of packages without Qt are found as well. ``missing`` prints what has no finished translation. The files are
those of Qt Linguist.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = {"en": "en_GB", "fr": "fr_FR"}
FORMS = {"en": 2, "fr": 2}
WINDOW = ("views", "hmi/desktop")
STATION_CONTEXT = "Station"
FRAME_CONTEXT = "Frame"
FRAMES = "tags/drivers/*_frames.py"
"""Modules that put frames into words; all their texts reach the frame log."""
ELEMENT_CONTEXT = "Element"
WORD_KINDS = ("PropertyKind.TEXT", "PropertyKind.STATES")
"""Properties of elements whose defaults are words; ``words`` of a kind are those of its states."""
STATION = (
    "alarms/*.py",
    "historian/*.py",
    "hmi/link.py",
    "hmi/station/*.py",
    "projects/containers.py",
    "projects/stand_ins.py",
    "projects/faceplates.py",
    "tags/*.py",
    "tags/drivers/*.py",
    "views/bindings.py",
    "views/declarations.py",
)
"""Modules without Qt whose sentences reach the window."""
WORD_TABLES = ("alarms/words.py", "historian/words.py")
"""Modules of nothing but tables of words; each names the context of their translations."""
UNSHOWN = {
    *(
        "alarms/backtest*.py",
        "alarms/export.py",
        "alarms/proposals.py",
        "alarms/table.py",
    ),
    *WORD_TABLES,
    *("alarms/definitions.py", "alarms/advice.py", "alarms/diagram.py", "alarms/state.py"),
    *("historian/backup.py", "historian/blocks.py", "historian/columns.py", "historian/export.py"),
    *("historian/migrations.py", "historian/partitions.py", "historian/repair.py", "historian/rollup*.py"),
    *("historian/schema.py", "historian/server.py", "historian/server_reader.py", "historian/stats.py"),
    *("hmi/station/overrides.py", "hmi/station/process.py"),
    *("alarms/suppression_loops.py", "alarms/metrics_events.py", "alarms/journal.py", "historian/sealing.py"),
    *("tags/quality_scale.py", "tags/clock.py", "tags/calculation.py", "tags/evaluation.py"),
    *(FRAMES, "tags/drivers/catalogue.py", "tags/drivers/opcua_decode.py"),
    *("tags/drivers/opcua_samples.py", "tags/drivers/opcua_times.py"),
}
"""Modules among them that speak to the command line, to the database or to the bytes of a frame."""
STATEMENT = re.compile(r"(OR|BEGIN|PRAGMA|SELECT|INSERT|UPDATE|CREATE|ALTER|DROP) ")
WORDS = {
    *("high", "low", "deviates", "tripped", "above", "below"),
    *("good", "bad", "uncertain"),
    *("Stopped.", "Floods", "Connect"),
}
"""Single words that are sentences to people."""
NOT_SHOWN = {
    "tag ids must be 0..n-1 in order",
    "tag paths must be unique",
    "opcua publish {}",
    "opcua publish conditions",
    "opcua conditions",
    "opcua watchdog",
    "opcua channel renewal",
    "modbus request",
    "staleness sweep",
    "connection {}",
    "poll {} ms",
    "memory {} ms",
    "the disk of {}",
    "samples come in the order of time only",
    "the back-test's process has no pipes",
    "a back-test only reads the journal, but was asked to run {}",
    "expected at least one column and a period that ends after its start",
    "expected an interval of at least 1 ns and a period that ends after its start",
}
"""Names of tasks and threads, and faults of the program itself."""
COMPOSED = (
    *(f"{{}} {noun}" for noun in ("tag", "tags", "request", "requests", "subscription", "subscriptions")),
    *("{} byte", "{} bytes"),
    *(f"{{}} {noun}" for noun in ("message", "messages", "logged or alarmed tag", "logged or alarmed tags")),
    *("{}, no security, anonymous", "{}, no security, user {}", "{}, anonymous", "{}, user {}"),
    "Modbus TCP {}, unit {}",
    "{}: alarm journal",
    "back-test {} to {}: {} activations become {}, {} missed, at most {} s later, floods {} become {}",
    *("State", "{} alarm", "0 alarms", "by {}"),
    *("{}: communication lost", "{}: alarms without a usable input"),
    *("Alarm performance", "Key figures", "Figure", "Value", "Target", "Limit", "Verdict", "Alarm"),
    *("Description", "Count", "Share", "Sum", "In alarm", "Chatter", "Fleeting", "To ack.", "Start"),
    *("Duration", "Alarms", "Peak", "First-out", "First", "Then", "Times", "none", "met", "no data", "stale"),
    "{} alarm chattered (3 or more times within 60 s); a deadband or a delay ends that: {}",
    "{} alarms chattered (3 or more times within 60 s); a deadband or a delay ends that: {}",
    "{} alarm came and went within 10 s; a delay keeps such alarms from the operator: {}",
    "{} alarms came and went within 10 s; a delay keeps such alarms from the operator: {}",
    "{} alarm stood for more than 24 h; solve or suppress them by design, or they hide new ones: {}",
    "{} alarms stood for more than 24 h; solve or suppress them by design, or they hide new ones: {}",
    *("{} flood", "{} floods", "{} and {} more", "{} alarms"),
    *("!! exceeded", "{} % low", "{} days", "{} per 10 min", "{} d", "80 / 15 / 5 % (< 1 % urgent)"),
    "{} % low / {} % medium / {} % high / {} % urgent",
    "{}: {} % low / {} % medium / {} % high / {} % urgent",
    *("1 urgent", "2 high", "3 medium", "4 low"),
    *("disabled", "connecting", "connected", "degraded", "unavailable", "failed"),
    *("alarms", "days", "% low", "predictive", "robust", "stable", "reactive", "overloaded", "manageable"),
    *("trend", "indicative", "per 10 min"),
    *("a number", "a text", "a value"),
    *("column {}: {}", "{}: column {}: {}"),
    *("back", "forward", "1 fault", "viewer", "operator", "supervisor", "maintenance", "engineer", "admin"),
)
"""What the station puts together from a count and a noun, and the words of its states."""
TERMINAL_CONTEXT = "Terminal"
TERMINAL = "hmi/cli/*.py"
TELLING = ("say", "tell")
"""What commands say people in the terminal goes through these."""
COMPOSED_TERMINAL = (
    *("flow", "level", "pressure", "temperature", "speed, current or power", "contact", "trip"),
    *("deadband {}", "deadband {} {}", "on-delay {} s", "off-delay {} s"),
    "{} activations become {}, {} are missed, the others come at most {} s later",
    *("{} (ALM-30)", "BROKEN", "ok", "note", "{} MB"),
    *("property", "expression", "tag", "range", "scaling", "raw", "request", "connection", "controller"),
    *("samples", "bad", "per s", "bytes", "gaps", "missing", "last", "exceeded", "no data", "(none)"),
)
"""Words of codes that the terminal shows in other languages than English."""
COMPOSED_FRAMES = tuple(
    f"{before}{{}} {noun}" for before in ("", "{}, ", "MSG #{} {}, ") for noun in ("byte", "bytes")
)


@dataclass(frozen=True, order=True)
class Text:
    """Name one text of the sources and where it was found."""

    context: str
    source: str
    comment: str = ""
    is_plural: bool = False
    place: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.context, self.source, self.comment


class SourceError(Exception):
    """Tell that a call of tr() has no plain text."""


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def literals(node: ast.AST) -> list[str]:
    """Return the plain texts that an argument may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


def helpers(tree: ast.AST) -> dict[str, str]:
    """Return the functions that only hand their first argument to translate(), with their context."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or not node.args.args:
            continue
        last = node.body[-1]
        call = last.value if isinstance(last, ast.Return) else None
        if isinstance(call, ast.IfExp):
            call = call.body
        if not isinstance(call, ast.Call):
            continue
        if called(call) != "translate" or len(call.args) < 2 or not isinstance(call.args[1], ast.Name):
            continue
        names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        if names and call.args[1].id == names[0] and literals(call.args[0]):
            found[node.name] = literals(call.args[0])[0]
    return found


def window_texts(path: Path, name: str) -> Iterator[Text]:
    """Yield the texts of one module with Qt.

    Raises:
        SourceError: a text is put together before it is translated.
    """
    tree = ast.parse(path.read_text("utf-8"))
    known = {"word": ELEMENT_CONTEXT, **helpers(tree)}

    def visit(node: ast.AST, owner: str, function: str) -> Iterator[Text]:
        if isinstance(node, ast.ClassDef):
            owner = node.name
        elif isinstance(node, ast.FunctionDef):
            function = node.name
        if isinstance(node, ast.Call):
            yield from of_call(node, owner, function)
        elif (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "words"
            and name.startswith("views/elements/")
        ):
            for text in (literals(part) for part in ast.walk(node.value)):
                if text and text[0]:
                    yield Text(ELEMENT_CONTEXT, text[0], place=f"{name}:{node.lineno}")
        for child in ast.iter_child_nodes(node):
            yield from visit(child, owner, function)

    def of_call(node: ast.Call, owner: str, function: str) -> Iterator[Text]:
        what = called(node)
        if what == "Property" and len(node.args) > 2 and ast.unparse(node.args[1]) in WORD_KINDS:
            for default in ast.walk(node.args[2]):
                if literals(default) and re.search("[A-Za-z]{2}", literals(default)[0]):
                    yield Text(ELEMENT_CONTEXT, literals(default)[0], place=f"{name}:{node.lineno}")
            return
        place = f"{name}:{node.lineno}"
        arguments = list(node.args)
        if what == "tr" and isinstance(node.func, ast.Attribute):
            context = owner
        elif what in ("translate", "QT_TRANSLATE_NOOP") and len(arguments) > 1 and literals(arguments[0]):
            if function in known and not literals(arguments[1]):
                return
            context = literals(arguments.pop(0))[0]
        elif isinstance(node.func, ast.Name) and what in known:
            context = known[what]
        else:
            return
        sources = literals(arguments[0]) if arguments else []
        if not sources and (what == "word" or "[" in ast.unparse(arguments[0])):
            return  # of a table whose texts are marked where they stand
        if not sources:
            raise SourceError(f"{place}: {what}() needs the text itself, filled with .format() afterwards")
        comment = literals(arguments[1])[0] if len(arguments) > 1 and literals(arguments[1]) else ""
        for source in sources:
            yield Text(context, source, comment, len(arguments) > 2, place)

    yield from visit(tree, "", "")


def station_texts(path: Path, name: str, context: str = STATION_CONTEXT) -> Iterator[Text]:
    """Yield the sentences of one module without Qt; facts in them become ``{}``."""
    tree = ast.parse(path.read_text("utf-8"))
    passed: set[int] = set()

    def leave_out(node: ast.AST | None) -> None:
        if node is not None:
            passed.update(id(part) for part in ast.walk(node))

    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            leave_out(node)
        elif isinstance(node, ast.Call) and called(node) == "cast":
            leave_out(node.args[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and "log" in owner.id:
                leave_out(node)
        elif isinstance(node, ast.Subscript):
            leave_out(node.slice)
        elif isinstance(node, ast.AnnAssign | ast.arg):
            leave_out(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            leave_out(node.returns)
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        source = ""
        if isinstance(node, ast.JoinedStr):
            source = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            passed.update(id(part) for part in node.values if isinstance(part, ast.Constant))
            passed.update(id(part) for one in formats(node) for part in ast.walk(one))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            source = node.value
        if is_sentence(source):
            yield Text(context, source.strip(), place=f"{name}:{getattr(node, 'lineno', 0)}")


def terminal_texts(path: Path, name: str) -> Iterator[Text]:
    """Yield what a module of the command line tells people: the plain texts and f-strings that it says."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or called(node) not in TELLING or not node.args:
            continue
        for part in alternatives(node.args[0]):
            source = sentence_of(part)
            if re.search(r"[A-Za-z]{2,}", re.sub(r"\{[^{}]*\}", "", source)):
                yield Text(TERMINAL_CONTEXT, source, place=f"{name}:{node.lineno}")


def alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the two sides of a condition, else the node itself."""
    if isinstance(node, ast.IfExp):
        return alternatives(node.body) + alternatives(node.orelse)
    return [node]


def sentence_of(node: ast.expr) -> str:
    """Return a text with ``{}`` for its facts; empty for what is none."""
    if isinstance(node, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(parts)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def table_texts(path: Path, name: str) -> Iterator[Text]:
    """Yield the words of a module of tables: what its mappings hold, in the context that it names."""
    tree = ast.parse(path.read_text("utf-8"))
    named = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "CONTEXT" and node.value
    ]
    context = literals(named[0])[0]
    for table in (node for node in ast.walk(tree) if isinstance(node, ast.Dict)):
        for value in table.values:
            for source in literals(value):
                yield Text(context, source, place=f"{name}:{value.lineno}")


def formats(node: ast.JoinedStr) -> list[ast.expr]:
    """Return what stands behind the colons of an f-string, such as ``:.2f``."""
    return [
        value.format_spec
        for value in node.values
        if isinstance(value, ast.FormattedValue) and value.format_spec is not None
    ]


def is_sentence(text: str) -> bool:
    """Tell whether people read this text, rather than a machine."""
    bare = text.strip()
    if bare in NOT_SHOWN or STATEMENT.match(bare):
        return False
    if bare in WORDS:
        return True
    return re.search(r"[A-Za-z]{2,}[,;:.]? [a-zA-Z{(']|\} [a-z]{2,}|; [a-z]{3,}", bare) is not None


def station_modules() -> list[Path]:
    """Return the modules whose sentences are translated by their pattern."""
    unshown = {path for pattern in UNSHOWN for path in ROOT.glob(pattern)}
    return [path for pattern in STATION for path in sorted(ROOT.glob(pattern)) if path not in unshown]


def all_texts() -> list[Text]:
    """Return every text to be translated, each once, sorted."""
    found: dict[tuple[str, str, str], Text] = {}
    for folder in WINDOW:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for text in window_texts(path, path.relative_to(ROOT).as_posix()):
                found.setdefault(text.key, text)
    for path in station_modules():
        for text in station_texts(path, path.relative_to(ROOT).as_posix()):
            found.setdefault(text.key, text)
    for path in sorted(ROOT.glob(FRAMES)):
        for text in station_texts(path, path.relative_to(ROOT).as_posix(), FRAME_CONTEXT):
            found.setdefault(text.key, text)
    for path in sorted(ROOT.glob(TERMINAL)):
        for text in terminal_texts(path, path.relative_to(ROOT).as_posix()):
            found.setdefault(text.key, text)
    for source in COMPOSED_TERMINAL:
        text = Text(TERMINAL_CONTEXT, source, place="packaging/translations.py")
        found.setdefault(text.key, text)
    for name in WORD_TABLES:
        for text in table_texts(ROOT / name, name):
            found.setdefault(text.key, text)
    for source in COMPOSED:
        text = Text(STATION_CONTEXT, source, place="packaging/translations.py")
        found.setdefault(text.key, text)
    for source in COMPOSED_FRAMES:
        text = Text(FRAME_CONTEXT, source, place="packaging/translations.py")
        found.setdefault(text.key, text)
    return sorted(found.values(), key=lambda text: text.key)


def read(path: Path) -> dict[tuple[str, str, str], list[str]]:
    """Return the finished translations of a file."""
    found: dict[tuple[str, str, str], list[str]] = {}
    if not path.is_file():
        return found
    for context in Xml.parse(path).getroot().iter("context"):  # noqa: S314  a file of this repository
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") is not None:
                continue
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            key = (
                context.findtext("name", ""),
                message.findtext("source", ""),
                message.findtext("comment", ""),
            )
            found[key] = forms
    return found


def write(path: Path, language: str, texts: list[Text], done: dict[tuple[str, str, str], list[str]]) -> None:
    """Write a file of Qt Linguist in the order of the texts, without line numbers, so that it diffs well."""
    root = Xml.Element("TS", version="2.1", language=LANGUAGES[language], sourcelanguage="en_GB")
    contexts: dict[str, Xml.Element] = {}
    for text in texts:
        if text.context not in contexts:
            contexts[text.context] = Xml.SubElement(root, "context")
            Xml.SubElement(contexts[text.context], "name").text = text.context
        message = Xml.SubElement(contexts[text.context], "message")
        if text.is_plural:
            message.set("numerus", "yes")
        Xml.SubElement(message, "source").text = text.source
        if text.comment:
            Xml.SubElement(message, "comment").text = text.comment
        translation = Xml.SubElement(message, "translation")
        forms = done.get(text.key, [])
        if not forms or not all(forms) or (text.is_plural and len(forms) != FORMS[language]):
            translation.set("type", "unfinished")
        if text.is_plural:
            for form in (forms + [""] * FORMS[language])[: FORMS[language]]:
                Xml.SubElement(translation, "numerusform").text = form
        else:
            translation.text = forms[0] if forms else ""
    Xml.indent(root, "    ")
    body = Xml.tostring(root, "unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8", newline="\n")


def update() -> None:
    """Write both files anew: new texts unfinished, translations kept, texts that are gone dropped."""
    texts = all_texts()
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        path = FOLDER / f"vigie_{language}.ts"
        wanted = [text for text in texts if text.is_plural] if language == "en" else texts
        write(path, language, wanted, read(path))


def missing(language: str) -> list[Text]:
    """Return the texts without a finished translation."""
    done = read(FOLDER / f"vigie_{language}.ts")
    texts = [text for text in all_texts() if text.is_plural or language != "en"]
    return [text for text in texts if not done.get(text.key) or not all(done[text.key])]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=("update", "missing"))
    options = parser.parse_args(arguments)
    try:
        if options.command == "update":
            update()
        lines = [
            f"{language}: {text.place}: {text.context}: {text.source}"
            for language in LANGUAGES
            for text in missing(language)
        ]
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines) or "Everything is translated.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
