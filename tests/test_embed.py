"""Data for the scripts of a page, inside its HTML."""

import json
import re

from rnnref.explain.embed import embedded


def test_a_text_that_would_end_the_element_arrives_whole():
    data = {"says": "a </script> 与 <b>", "numbers": [1, 0.5]}
    inside = re.fullmatch(r"<script type=\"application/json\">(.*)</script>", embedded(data))[1]
    assert "<" not in inside and json.loads(inside) == data
