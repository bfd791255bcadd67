"""A project's texts in other languages."""

import pytest

from projects.files import analyse, parse
from projects.library import PREFIX, with_library
from projects.model import Project, ProjectError
from projects.texts import said_names, translated
from tags.drivers.catalogue import drivers
from tags.expression import compile_expression
from tests.unit.projects.sample import sample

TEXTS = "texts.csv"


def project(texts: str, **more: bytes) -> Project:
    return parse({**sample(), **more, TEXTS: texts.encode()})


def warnings(texts: str) -> list[str]:
    _, problems = analyse({**sample(), TEXTS: texts.encode()}, drivers())
    return [str(problem) for problem in problems if problem.file == TEXTS]


def test_a_language_without_column_shows_the_project_as_it_is() -> None:
    read = project("text,fr\n")
    assert translated(read, "de") is read
    assert translated(read, "en") is read


def test_screens_alarms_and_tags_are_shown_in_the_language_and_fall_back_to_their_own() -> None:
    plain = parse(sample())
    screen = next(iter(plain.screens.values()))
    read = project(f"text,fr\n{screen.title},Cuve\nOpen the drain,Ouvrir la vidange\nRunning,Marche\n")
    french = translated(read, "fr")
    assert french.screens[screen.id].title == "Cuve"
    assert [alarm.operator_action for alarm in french.alarms] == ["Ouvrir la vidange", "Restart it"]
    assert french.tags.by_path("Pump.Running").states == {0: "Stopped", 1: "Marche"}
    assert [tag.path for tag in french.tags] == [tag.path for tag in plain.tags]
    assert french.digest == read.digest


def test_what_containers_hold_is_shown_in_the_language() -> None:
    box = '"x": 0, "y": 0, "w": 80, "h": 40'
    text = f'{{"id": "a", "type": "text", {box}, "text": "Filling"}}'
    page = f'{{"id": "p", "type": "page", {box}, "title": "Filling", "elements": [{text}]}}'
    tab = f'{{"id": "t", "type": "tab", {box}, "elements": [{page}]}}'
    head = '"format": 1, "title": "Tabs", "level": "L2", "size": [640, 480]'
    screen = f'{{{head}, "elements": [{tab}]}}'.encode()
    read = project("text,fr\nFilling,Remplissage\n", **{"screens/tabs.json": screen})
    (shown,) = translated(read, "fr").screens["tabs"].elements[0].children
    assert shown.properties["title"] == "Remplissage"
    assert shown.children[0].properties["text"] == "Remplissage"


def test_placeholders_of_a_text_stand_in_its_translation() -> None:
    with pytest.raises(
        ProjectError, match=r"texts\.csv:2 \[fr\]: placeholders differ: expected \{motor\}, got none"
    ):
        project("text,fr\n{motor} runs,Le moteur tourne\n")


def test_a_row_twice_or_without_text_or_a_table_without_language_is_a_fault() -> None:
    with pytest.raises(ProjectError) as error:
        project("text,fr\nA long text,x\nA long text,y\n,z\n")
    assert len(error.value.problems) >= 2
    with pytest.raises(ProjectError, match="no column is a language"):
        project("text\nA long text\n")


def test_missing_and_obsolete_rows_are_told() -> None:
    screen = next(iter(parse(sample()).screens.values()))
    found = warnings(f"text,fr\n{screen.title},\nNobody says this,Personne\n")
    assert f"texts.csv:2 [fr]: {screen.title!r} of screens/{screen.id}.json has no translation" in found
    assert "texts.csv:3 [text]: 'Nobody says this' is no text of the project" in found


def test_only_the_texts_that_an_expression_may_come_to_are_changed() -> None:
    screen = b"""{
  "format": 1, "title": "T", "level": "L2", "size": [400, 300],
  "elements": [
    {"id": "a", "type": "text", "x": 0, "y": 0, "w": 9, "h": 9,
     "text": "='Running' if 'Running' == 'Stopped' else 'Last: ' + 'Running'"}
  ]
}"""
    files = {
        **sample(),
        "screens/expression.json": screen,
        TEXTS: b"text,fr\nRunning,Marche\nLast:,Dernier :\n",
    }
    french = translated(parse(files), "fr").screens["expression"]
    assert french.elements[0].properties["text"] == (
        "='Marche' if 'Running' == 'Stopped' else 'Dernier : ' + 'Marche'"
    )


def test_a_translation_in_an_expression_may_hold_what_a_quote_would_need_a_backslash_for() -> None:
    """An expression knows no backslash, and French sets a space that does not break before its colon."""
    screen = b"""{
  "format": 1, "title": "T", "level": "L2", "size": [400, 300],
  "elements": [
    {"id": "a", "type": "text", "x": 0, "y": 0, "w": 9, "h": 9, "text": "='Last stop: ' + 'By hand'"}
  ]
}"""
    files = {
        **sample(),
        "screens/expression.json": screen,
        TEXTS: 'text,fr\nLast stop:,Dernier arrêt\u00a0:\nBy hand,"L\'opérateur, ""Jo"""\n'.encode(),
    }
    french = translated(parse(files), "fr").screens["expression"].elements[0].properties["text"]
    assert french == "='Dernier arrêt\u00a0: ' + 'L’opérateur, \"Jo\"'"
    assert compile_expression(str(french)[1:]) is not None


def test_a_place_decides_between_two_translations() -> None:
    plain = parse(sample())
    screen = next(iter(plain.screens.values()))
    read = project(f"text,place,fr\n{screen.title},,Partout\n{screen.title},screens/{screen.id}.json,Ici\n")
    assert translated(read, "fr").screens[screen.id].title == "Ici"


def test_one_item_of_a_file_may_have_words_of_its_own() -> None:
    box = '"x": 0, "y": 0, "w": 80, "h": 40'
    lamps = ", ".join(f'{{"id": "{one}", "type": "lamp", {box}, "on_text": "Ready"}}' for one in "ab")
    head = '"format": 1, "title": "T", "level": "L2", "size": [400, 300]'
    screen = f'{{{head}, "elements": [{lamps}]}}'.encode()
    texts = (
        "text,place,fr\nReady,,Prêt\nReady,screens/s.json#b,Prête\n"
        "Running,,Marche\nRunning,tags.csv#Pump.Running,En marche\n"
        "Ready,screens/s.json#c,Prêts\n"
    )
    files = {**sample(), "screens/s.json": screen, TEXTS: texts.encode()}
    french = translated(parse(files), "fr")
    shown = [one.properties["on_text"] for one in french.screens["s"].elements]
    assert shown == ["Prêt", "Prête"]
    assert french.tags.by_path("Pump.Running").states[1] == "En marche"
    _, problems = analyse(files, drivers())
    told = [str(one) for one in problems if one.file == TEXTS and "is no text" in one.text]
    assert told == ["texts.csv:6 [text]: 'Ready' is no text of the project in screens/s.json#c"]


def test_a_member_of_a_type_may_have_words_of_its_own_in_all_instances() -> None:
    texts = (
        "text,place,fr\nRunning,,Marche\nRunning,tags.csv#*.Running,En marche\n"
        "Running,tags.csv#*.Stopped,Jamais\n"
    )
    files = {**sample(), TEXTS: texts.encode()}
    assert translated(parse(files), "fr").tags.by_path("Pump.Running").states[1] == "En marche"
    _, problems = analyse(files, drivers())
    told = [str(one) for one in problems if one.file == TEXTS and "is no text" in one.text]
    assert told == ["texts.csv:4 [text]: 'Running' is no text of the project in tags.csv#*.Stopped"]


def test_what_an_instance_is_called_is_shown_in_the_language() -> None:
    rows = b"path,type,description\nP1,Motor,Feed pump\n"
    files = with_library({"project.toml": b'name = "x"\nformat = 1\n', "tags.csv": rows,
                          TEXTS: b"text,fr\nFeed pump,Pompe\n"})  # fmt: skip
    read = parse(files)
    assert translated(read, "fr").descriptions == {"P1": "Pompe"}
    assert translated(read, "fr").library.descriptions == {"P1": "Pompe"}


def test_a_pattern_speaks_for_every_instance() -> None:
    tags = sample()["tags.csv"].decode().splitlines()
    assert tags
    read = project("text,fr\nLevel of {name},Niveau de {name}\n")
    assert read.texts.words["fr"].find("tags.csv", "Level of tank 3") == "Niveau de tank 3"


def test_the_library_speaks_french_from_the_first_to_the_last_text() -> None:
    """A project that uses every type and faceplate of the library, and has no text of its own."""
    kinds = ["Analog", "Motor", "PID", "PackMLUnit", "Valve", "OeePeriod", "Oee"]
    header = "path,type,params"
    tags = "\n".join([header, *(f"It{row}.This,{kind}," for row, kind in enumerate(kinds))])
    files = with_library(
        {
            "project.toml": b'name = "L"\nformat = 1\n',
            "tags.csv": tags.encode(),
            TEXTS: b"text,fr\n",
        }
    )
    _, problems = analyse(files, drivers())
    left = [str(one) for one in problems if "no translation" in one.text and one.file == TEXTS]
    assert left == []


def test_a_project_s_own_words_come_before_those_of_the_library() -> None:
    library = b"text,fr\nMotor,Moteur\nValve,Vanne\n"
    read = parse({**sample(), f"{PREFIX}{TEXTS}": library, TEXTS: b"text,fr\nMotor,Machine\n"})
    words = read.texts.words["fr"]
    assert [words.find("", text) for text in ("Motor", "Valve", "Other")] == ["Machine", "Vanne", ""]


def with_area(texts: str) -> Project:
    """The sample with its alarms in the area ``Hall.Filling`` and the first-out group ``stop``."""
    alarms = sample()["alarms.csv"].decode().splitlines()
    rows = [f"{alarms[0]},area,group", *(f"{row},Hall.Filling,stop" for row in alarms[1:] if row)]
    return project(texts, **{"alarms.csv": "\n".join(rows).encode()})


def test_areas_are_said_level_by_level_and_stay_codes_in_the_project() -> None:
    read = with_area("text,place,fr\nFilling,,Remplissage\nFilling,areas,Soutirage\nstop,areas,arrêt\n")
    names = said_names(read, "fr")
    assert names.area("Hall.Filling") == "Hall.Soutirage"
    assert (names.area("stop"), names.area("Elsewhere"), names.area("")) == ("arrêt", "Elsewhere", "")
    assert {alarm.area for alarm in translated(read, "fr").alarms} == {"Hall.Filling"}
    assert said_names(read, "en").area("Hall.Filling") == "Hall.Filling"


def test_an_area_may_have_a_row_as_a_whole() -> None:
    names = said_names(with_area("text,place,fr\nHall.Filling,areas,Hall de soutirage\n"), "fr")
    assert names.area("Hall.Filling") == "Hall de soutirage"


def test_areas_without_translation_are_told() -> None:
    read = with_area("text,place,fr\nFilling,areas,Soutirage\n")
    told = [str(problem) for problem in read.problems if "of areas" in str(problem)]
    assert told == [
        "texts.csv [fr]: 'Hall' of areas has no translation",
        "texts.csv [fr]: 'stop' of areas has no translation",
    ]


def test_what_a_device_sends_is_said_by_a_row_of_its_own_and_else_left_as_sent() -> None:
    read = project(
        "text,place,fr\nSyrup,devices,Sirop\nStop,,Arrêt\nTank {n},,Cuve {n}\n"
        "{n} of {all} rejected,devices,{n} sur {all} rejetées\n"
    )
    names = said_names(read, "fr")
    assert names.device("Syrup") == "Sirop"
    assert names.device("Stop") == "Arrêt"
    assert names.device("3 of 50 rejected") == "3 sur 50 rejetées"
    assert names.device("Tank 4") == "Tank 4", "patterns of the project's own texts are no device's"
    assert names.device("syrup") == "syrup"
    assert [str(one) for one in read.problems if "Syrup" in str(one)] == [], "nobody can know what is sent"


def test_the_project_s_name_is_said_and_stays_its_key() -> None:
    name = project("text,fr\n").name
    read = project(f"text,place,fr\n{name},project.toml,Petite installation\n")
    assert said_names(read, "fr").title(name) == "Petite installation"
    assert said_names(read, "fr").title("Another station") == "Another station"
    assert (said_names(read, "en").title(name), translated(read, "fr").name) == (name, name)
    assert not [one for one in read.problems if name in str(one)]


def test_nobody_has_to_translate_a_project_s_name() -> None:
    name = project("text,fr\n").name
    assert not [one for one in warnings("text,fr\n") if name in one]


@pytest.mark.parametrize("damage", ['"unclosed,x\n', "\0"])
def test_a_file_that_was_not_read_whole_is_one_mistake(damage: str) -> None:
    found = warnings(f"text,fr\n{damage}")
    assert len(found) == 1, "what it lacks may well be in the rest of the file"
