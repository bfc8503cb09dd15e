"""What templates can say in a word."""

from __future__ import annotations

from django.template import Context, Template


def test_a_text_of_a_catalog_flows_and_keeps_its_lists() -> None:
    text = "Solvers for\nlarge systems.\n\n- fast\n- [small](https://example.org)\n"
    html = Template("{{ v|markdown }}").render(Context({"v": text}))
    assert "<p>Solvers for\nlarge systems.</p>" in html
    assert "<br" not in html
    assert html.count("<li>") == 2
    assert 'href="https://example.org" rel="noopener nofollow"' in html


def test_it_can_do_nothing() -> None:
    evil = "<script>x</script> [a](javascript:x) ![b](https://example.org/i.png) # c"
    html = Template("{{ v|markdown }}").render(Context({"v": evil}))
    assert not [one for one in ("<script", 'href="javascript', "<img") if one in html]
