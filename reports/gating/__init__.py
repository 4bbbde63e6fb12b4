"""What a gate came to, for people and for other programs: Judgement -> text, Markdown, JUnit,
github-action-benchmark, Bencher, JSON. Everything here is a pure function.
"""
