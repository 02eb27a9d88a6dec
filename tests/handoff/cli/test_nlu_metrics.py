"""The figures of `saldo nlu evaluate`, each worked out by hand."""

import pytest

from handoff.commands.nlu_metrics import (
    Confusion,
    Judged,
    accuracy,
    calibration_error,
    confusions,
    has_enough_words,
    in_scope_lost,
    language_accuracy,
    macro_f1,
    measure,
    out_of_scope_recall,
    percentile,
)


def judged(meant: str, understood: str, confidence: float = 1.0, **fields) -> Judged:
    known = {"text": "one two three", "language": "en", "detected": "en", "milliseconds": 1.0} | fields
    return Judged(meant=meant, understood=understood, confidence=confidence, **known)


# Four in scope (two right, one lost, one confused), three out of scope (two rejected, one taken for thanks).
SEVEN = [
    judged("thank", "thank"),
    judged("thank", "greet"),
    judged("greet", "greet"),
    judged("greet", "nlu_fallback"),
    judged("out_of_scope", "out_of_scope"),
    judged("out_of_scope", "nlu_fallback"),
    judged("out_of_scope", "thank"),
]


def test_a_rejected_text_in_scope_is_not_understood():
    assert accuracy(SEVEN) == 2 / 4


def test_any_rejection_is_right_for_a_text_out_of_scope():
    assert out_of_scope_recall(SEVEN) == 2 / 3


def test_lost_are_the_rejected_texts_in_scope_and_not_the_confused():
    assert in_scope_lost(SEVEN) == 1 / 4


def test_macro_f1_weighs_every_intent_alike():
    # thank: 1 right, meant 2, understood 2 → 1/2. greet: 1 right, 2 and 2 → 1/2. out of scope: 2 right, 3 and 3 → 2/3.
    assert macro_f1(SEVEN) == pytest.approx((1 / 2 + 1 / 2 + 2 / 3) / 3)


def test_an_intent_that_nobody_meant_has_no_part_in_the_mean():
    # greet: 1 right, meant 2, understood 1 → 2/3; thank is only seen as the mistake.
    assert macro_f1([judged("greet", "greet"), judged("greet", "thank")]) == pytest.approx(2 / 3)


def test_confusions_come_with_the_most_frequent_first():
    mistakes = [judged("thank", "greet"), judged("deny", "thank"), judged("deny", "thank"), judged("deny", "deny")]

    assert confusions(mistakes) == [Confusion("deny", "thank", 2), Confusion("thank", "greet", 1)]


def test_a_rejection_out_of_scope_is_no_confusion():
    assert confusions([judged("out_of_scope", "nlu_fallback")]) == []


def test_the_calibration_error_compares_confidence_with_success_bin_by_bin():
    texts = [
        # Bin (0.9, 1]: 1.9 promised, 1 kept. Bin (0.5, 0.6]: 1.2 promised, 2 kept.
        judged("greet", "greet", 0.95),
        judged("greet", "thank", 0.95),
        judged("greet", "greet", 0.6),
        judged("thank", "thank", 0.6),
    ]

    assert calibration_error(texts) == pytest.approx((0.9 + 0.8) / 4)


def test_too_much_certainty_in_one_bin_is_not_made_good_by_too_little_in_another():
    texts = [judged("greet", "thank", 0.5), judged("greet", "greet", 0.51)]

    assert calibration_error(texts) == pytest.approx((0.5 + 0.49) / 2)


def test_a_rejection_has_no_confidence_to_calibrate():
    assert calibration_error([judged("greet", "nlu_fallback", 0.3), judged("greet", "greet", 1.0)]) == 0.0
    assert calibration_error([judged("out_of_scope", "out_of_scope", 0.3)]) is None


def test_an_answer_out_of_scope_counts_as_wrong_certainty():
    assert calibration_error([judged("out_of_scope", "greet", 0.8)]) == pytest.approx(0.8)


@pytest.mark.parametrize(("text", "enough"), [("one two three", True), ("one 2 three", False), ("e-mail weg", True)])
def test_digits_are_no_words(text: str, enough: bool):
    assert has_enough_words(text) is enough


def test_the_language_is_judged_where_it_is_said_and_the_text_long_enough():
    texts = [
        judged("greet", "greet"),
        judged("greet", "greet", detected="fi"),
        judged("greet", "greet", detected=None),
        judged("greet", "greet", detected="de", text="ok"),
        judged("greet", "greet", detected="de", language=None),
    ]

    assert language_accuracy(texts) == 1 / 3


@pytest.mark.parametrize(("percent", "expected"), [(50, 5.0), (95, 10.0), (90, 9.0), (1, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(percent: int, expected: float):
    assert percentile([10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], percent) == expected


def test_what_cannot_be_counted_is_none_and_not_zero():
    only_foreign = measure([judged("out_of_scope", "out_of_scope", language=None)])

    assert (only_foreign.accuracy, only_foreign.in_scope_lost, only_foreign.language_accuracy) == (None, None, None)
    assert only_foreign.out_of_scope_recall == 1.0


def test_of_no_text_nothing_is_known():
    nothing = measure([])

    assert nothing.texts == 0
    assert nothing.macro_f1 is None
    assert nothing.milliseconds_p50 is None
