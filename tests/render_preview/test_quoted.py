import quopri
from email.header import decode_header, make_header

from hypothesis import example, given
from hypothesis import strategies as st

from render_preview.quoted import SOFT_BREAK, encode_header, quote_body, quote_value

_odd = st.sampled_from([".", "..", "=", " ", "\n", "é", "漢", "a" * 74, "." * 80, "From "])
bodies = st.lists(_odd | st.text(max_size=9), max_size=9).map(lambda parts: "".join(parts).replace("\r", ""))


@given(st.lists(bodies, min_size=1, max_size=4))
@example(["=" + "a" * 73, "x"])
def test_joined_pieces_decode_to_what_they_were(pieces):
    quoted = SOFT_BREAK.join(quote_body(piece) for piece in pieces)
    lines = quoted.split(b"\r\n")
    assert quopri.decodestring(quoted).replace(b"\r\n", b"\n").decode() == "".join(pieces)
    assert max(map(len, lines)) <= 76
    assert not any(line.startswith(b".") or line.endswith((b" ", b"\t")) for line in lines)
    assert quoted.isascii()


@given(bodies.map(lambda text: " ".join(text.split())))
def test_the_short_way_for_values_says_the_same(value):
    assert quopri.decodestring(SOFT_BREAK + quote_value(value) + SOFT_BREAK).decode() == value
    assert max(map(len, (quote_value(value) + SOFT_BREAK).split(b"\r\n"))) <= 76


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_a_header_value_decodes_to_what_it_was(text):
    value = " ".join(filter(None, text.split(" ")))
    encoded = encode_header(value)
    assert encoded.isascii()
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))
    assert str(make_header(decode_header(encoded.decode().replace("\r\n", "")))) == value
