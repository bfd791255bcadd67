"""Drawings are read as data: a safe subset, cut at its parts, and nothing that runs, loads or grows."""

import pytest

from projects.drawings import MAX_DEPTH, MAX_NODES, DrawingError, read_drawing, svg


def drawing(body: str, head: str = 'viewBox="0 0 100 50"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://other" {head}>{body}</svg>'.encode()


TANK = drawing(
    '<g transform="scale(2)"><rect id="ground" width="9" height="9"/><path id="liquid" d="M0 0h9v9z"/>'
    '<g id="rotor" fill="red"><circle r="2"/><circle r="1" fill="none" stroke="#000"/></g></g>'
    '<path id="top"/>'
)


def test_a_drawing_is_cut_at_its_parts_in_painting_order():
    layers = read_drawing(TANK).layers(["rotor", "liquid"])
    assert [layer.part for layer in layers] == ["", "liquid", "rotor", ""]
    assert [sorted(layer.root.ids()) for layer in layers] == [["ground"], ["liquid"], ["rotor"], ["top"]]
    for layer in layers[:3]:
        assert b'transform="scale(2)"' in svg(layer.root)


def test_a_fill_replaces_what_is_painted_and_nothing_else():
    rotor = read_drawing(TANK).layers(["rotor"])[1]
    text = svg(rotor.root, "#123456", "#abcdef").decode()
    assert text.count('fill="#123456"') == 2
    assert 'fill="none"' in text
    assert 'stroke="#abcdef"' in text


def test_a_part_that_is_not_there_or_lies_in_another_one():
    found = read_drawing(drawing('<g id="a"><path id="b"/></g>'))
    with pytest.raises(DrawingError, match="no part 'c'"):
        found.layers(["c"])
    with pytest.raises(DrawingError, match="'b' lies in the part 'a'"):
        found.layers(["a", "b"])


def test_gradients_stay_with_every_layer():
    gradient = '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>'
    body = f'{gradient}<path id="a" fill="url(#g)"/><path/>'
    for layer in read_drawing(drawing(body)).layers(["a"]):
        assert b"linearGradient" in svg(layer.root)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<image href="file:///etc/passwd"/>', "image"),
        ('<use href="#a"/>', "use"),
        ("<style>@import url(http://x)</style>", "style"),
        ("<foreignObject><p/></foreignObject>", "foreignObject"),
        ('<path onclick="x()"/>', "onclick"),
        ('<path fill="url(http://host/x#y)"/>', "fill=url(http://host/x#y)"),
        ("<path style=\"fill: url( 'http://host' )\"/>", "fill=url( 'http://host' )"),
        ("<svg/>", "svg"),
    ],
)
def test_what_is_not_read_is_left_out_and_named(body, named):
    found = read_drawing(drawing(body))
    assert found.left_out == (named,)
    text = svg(found.root)
    for word in (b"script", b"href", b"http://host", b"onclick", b"import"):
        assert word not in text


def test_an_editor_s_own_notes_are_left_out_silently():
    found = read_drawing(drawing('<x:view zoom="2"><x:more/></x:view><path id="a" x:label="A"/>'))
    assert found.left_out == ()
    assert b"zoom" not in svg(found.root)


def test_a_style_becomes_attributes():
    found = read_drawing(drawing('<path id="a" style="fill:#ff0000;stroke-width:2;-inkscape-x:1"/>'))
    assert dict(found.root.children[0].attributes) == {"id": "a", "fill": "#ff0000", "stroke-width": "2"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no XML"),
        (b"\x89PNG", "no XML"),
        (b"<svg/>", "no SVG"),
        (b"<html xmlns='http://www.w3.org/2000/svg'/>", "no SVG"),
        (drawing("", ""), "tells no size"),
        (drawing("", 'viewBox="0 0 0 10"'), "tells no size"),
        (drawing("", 'width="100%" height="100%"'), "tells no size"),
        (b" " * (1 << 20) + drawing(""), "larger than"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + drawing("&b;"), "document type"),
        (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + drawing(""), "document type"),
        (drawing("<path/>" * MAX_NODES), "more than"),
        (drawing("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH), "deep"),
    ],
)
def test_a_file_that_is_no_drawing_says_why(data, expected):
    with pytest.raises(DrawingError, match=expected):
        read_drawing(data)


def test_a_size_in_pixels_or_millimetres_will_do():
    found = read_drawing(drawing("", 'width="40px" height="20mm"'))
    assert (found.width, found.height) == (40, 20)
    assert found.root.attributes["viewBox"] == "0 0 40 20"
