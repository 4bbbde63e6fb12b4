"""Documents, questions with known answers, and how good a ranking is."""

import random
from math import log2

import pytest

from scenarios.search.corpus import corpus
from scenarios.search.relevance import ndcg

LOADED = 2_000


def test_a_seed_has_the_same_documents_always():
    """Also when they are made in another process: nothing but the seed decides."""
    first, again = corpus(3), corpus.__wrapped__(3)
    assert list(first.documents(0, 500)) == list(again.documents(0, 500))


def test_another_seed_has_other_documents():
    """Otherwise one run would say as much as ten."""
    assert corpus(3).document(700) != corpus(4).document(700)


def test_exact_questions_have_the_answers_that_were_planted():
    """Looked for word by word in all documents."""
    made = corpus(3)
    documents = [(one.id, set(one.body.split())) for one in made.documents(0, LOADED)]
    for question in made.exact:
        found = {number for number, words in documents if words.issuperset(question.words)}
        assert found == set(question.grades)


def test_graded_questions_grade_by_the_number_of_their_words():
    """Two words are better than one, three better than two."""
    made = corpus(3)
    for question in made.graded:
        for number, grade in question.grades.items():
            assert len(set(made.document(number).body.split()) & set(question.words)) == grade


def test_words_that_are_asked_for_are_in_a_document_that_was_loaded():
    """So that something must be found."""
    made, rng = corpus(3), random.Random(1)
    documents = [set(one.body.split()) for one in made.documents(0, LOADED)]
    for _ in range(100):
        asked = made.asked(rng, LOADED)
        assert 1 <= len(asked) <= 3
        assert any(words.issuperset(asked) for words in documents)


def test_the_best_order_has_an_ndcg_of_one():
    """Documents that are as good as each other may change places."""
    assert ndcg([3, 1, 2], {1: 2, 2: 1, 3: 2}) == 1.0


def test_a_wrong_order_has_what_the_formula_says():
    """Gains of 1 and 3 on the places that should have been the other way round."""
    wrong, right = 1 / log2(2) + 3 / log2(3), 3 / log2(2) + 1 / log2(3)
    assert ndcg([2, 1], {1: 2, 2: 1}) == pytest.approx(wrong / right)


def test_documents_after_the_tenth_do_not_count():
    """Nobody looks at them."""
    assert ndcg([*range(10, 20), 1], {1: 3}) == 0.0
