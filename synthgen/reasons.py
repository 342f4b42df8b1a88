"""Every verdict's code: what it means, and what helps where it falls too many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Reason(NamedTuple):
    """A code's line in `docs/reasons.md`, the advice that a shortfall prints, and whether a person should decide."""

    meaning: str
    advice: str
    review: bool = False


_ASK = (
    "Run `synthgen generate`, or `synthgen filter --ask` where the rows are somebody else's, with the same recipe, and "
    "a higher limit where one was reached."
)
REASONS: dict[str, Reason] = {
    "reply.empty": Reason(
        "The model said nothing.", "Raise model.max_tokens; reasoning models spend tokens before they speak."
    ),
    "reply.refused": Reason(
        "The model or its endpoint refused to answer.", "Soften the prompt, or take another model."
    ),
    "reply.cut_off": Reason("The reply ran into the token limit.", "Raise model.max_tokens, or ask for shorter rows."),
    "reply.not_json": Reason(
        "The reply cannot be read as the structure that was asked for.",
        "Take a model that follows JSON schemas (`synthgen probe`), and show more examples.",
    ),
    "reply.not_text": Reason("The reply holds what is no character.", "Take another model, or lower the temperature."),
    "validate.schema": Reason(
        "The row does not fit the task's schema.",
        "Say in the prompt what each field must be; show more examples.",
    ),
    "call.refused": Reason(
        "A function of the recipe's steps says that the row is none, or no step fits it.",
        "Look at its evidence with `synthgen why`; see the step's function and its `when`.",
    ),
    "samples.divided": Reason(
        "Samples of one step do not agree with each other (`agree`, `least`).",
        "Take a larger model, ask simpler questions, or lower the step's `least`.",
    ),
    "quality.too_short": Reason("A text has fewer words than the task needs.", "Ask for a length in the prompt."),
    "quality.too_long": Reason("A text has more words than the task allows.", "Ask for a length in the prompt."),
    "quality.cut_off": Reason(
        "A text stops in the middle: no closing mark, or a bracket, quote or block of code that is never closed.",
        "Raise model.max_tokens; check that the seeds end their sentences.",
    ),
    "quality.refusal": Reason("A text is a refusal instead of content.", "Soften the prompt, or take another model."),
    "quality.assistant_voice": Reason(
        "A text speaks of itself as an assistant, or opens with an assistant's stock phrase.",
        "Say in the prompt who writes the text, and show more examples.",
    ),
    "quality.prompt_leak": Reason(
        "A text repeats the prompt's own words, its marks, or a long run of words out of an example.",
        "Show fewer examples at once; raise the temperature; take a larger model.",
    ),
    "quality.placeholder": Reason(
        "A text holds a placeholder such as [NAME], {amount} or lorem ipsum.",
        "Ask in the prompt for concrete names and amounts.",
    ),
    "quality.repetition": Reason(
        "A text says the same words over and over, or two fields of a row say the same.",
        "Lower the temperature a little, or take a larger model.",
    ),
    "quality.language": Reason(
        "A text is not in the language that the recipe names.", "Name the language in the prompt."
    ),
    "quality.symbols": Reason(
        "A text has more signs than letters, code and tables aside.",
        "Lower the temperature, or take a larger model.",
    ),
    "quality.absent_input": Reason(
        "A text speaks of an input, such as 'the following article', that is not there.",
        "Say in the prompt that the input must stand in the row; show examples that have one.",
    ),
    "quality.format": Reason(
        "An answer is not in the form that its question asks for (JSON, list, table, length), or leaves code open.",
        "Take a larger model; raise model.max_tokens; show examples whose answers have the form.",
    ),
    "quality.unrelated": Reason(
        "An answer has hardly a word in common with its question, nor a meaning as near by as the seeds' have.",
        "Take a larger model, or ask for one row a request.",
    ),
    "safety.email": Reason(
        "A text holds an e-mail address outside the domains that are kept for examples.",
        "Ask in the prompt for addresses at example.com, or name your own fakes in checks.safety.fakes.",
    ),
    "safety.phone": Reason(
        "A text holds a phone number outside the ranges that are kept for fiction.",
        "Ask in the prompt for numbers such as 555-0123, or for none.",
    ),
    "safety.card": Reason(
        "A text holds a payment card's number with the right check digit.",
        "Ask in the prompt for the last four digits only, or for the test card 4242 4242 4242 4242.",
    ),
    "safety.iban": Reason(
        "A text holds an IBAN with the right length and check digits.",
        "Ask in the prompt for no account numbers, or name your own fakes in checks.safety.fakes.",
    ),
    "safety.national_id": Reason(
        "A text holds a social security, tax or identity number whose form and check digit are right.",
        "Ask in the prompt for no such numbers.",
    ),
    "safety.ip": Reason(
        "A text holds a public IP address.",
        "Ask in the prompt for 192.0.2.x or 2001:db8::x, which are kept for examples.",
    ),
    "safety.url": Reason(
        "A text holds a link to a host outside the domains that are kept for examples.",
        "Ask in the prompt for links to example.com; with real links on purpose, put safety.url under "
        "checks.safety.allow.",
    ),
    "safety.secret": Reason(
        "A text holds a private key, an access token or a password.",
        "Ask in the prompt for <password> and the like in place of secrets.",
    ),
    "safety.unsafe": Reason(
        "A text holds a threat, hate, sexual content, directions for harm, or words that break a model's rules.",
        "Look at some with `synthgen why`; with such texts on purpose, put safety.unsafe under checks.safety.allow.",
    ),
    "labels.disagree": Reason(
        "A labeller made from the seeds reads another label than the row carries.",
        "Give more seeds to the labels that are mixed up, and describe them against each other.",
    ),
    "labels.unsure": Reason(
        "The labeller reads the row's label, but with less probability than checks.labels.least.",
        "Give more seeds to this label, or lower checks.labels.least.",
    ),
    "labels.suspect": Reason(
        "The row is kept, but the other kept rows read another label than it carries.",
        "Look at the rows in review.parquet; where two labels are mixed up often, describe them apart.",
        review=True,
    ),
    "contamination.verbatim": Reason(
        "The row is, or holds, a whole text of an evaluation set.",
        "Look whether your seeds come from that set; show other seeds.",
    ),
    "contamination.overlap": Reason(
        "Half of an evaluation text or more stands in the row, in runs of eight words.",
        "Look whether your seeds come from that set; show other seeds.",
    ),
    "contamination.near": Reason(
        "The row holds a short evaluation text but for a few letters.",
        "Look whether your seeds come from that set; show other seeds.",
    ),
    "dedup.exact": Reason(
        "The same text, but for case, punctuation and spaces, was kept before.",
        "Raise the temperature; vary more (personas, tones); give more seeds.",
    ),
    "dedup.near": Reason(
        "Nearly the same text was kept before.",
        "Raise the temperature; vary more (personas, tones); give more seeds.",
    ),
    "dedup.seed": Reason("The text repeats a seed.", "Raise the temperature; show other examples; give more seeds."),
    "dedup.conflict": Reason(
        "Nearly the same text stands under another label.",
        "Look at both: the labels may overlap. Describe them apart.",
        review=True,
    ),
    "dedup.crowded": Reason(
        "As many rows of this meaning were kept before as checks.dedup.semantic.most allows.",
        "Vary more (personas, situations); give more seeds; or raise checks.dedup.semantic.most (0 = no limit).",
    ),
    "moderation.flagged": Reason(
        "The endpoint's moderation flags the row.",
        "Look at its evidence with `synthgen why`; soften the prompt.",
    ),
    "moderation.unasked": Reason(
        "Nobody asked the moderation about the row: the budget is spent, or the command asks no model.",
        _ASK,
    ),
    "paraphrase.same": Reason(
        "A model says that the row is an evaluation text in other words.",
        "Look at both with `synthgen why`; show other seeds.",
    ),
    "paraphrase.unasked": Reason(
        "Nobody asked whether the row is an evaluation text in other words: the budget is spent, or the command asks "
        "no model.",
        _ASK,
    ),
    "judge.critical": Reason(
        "The judge answers no to a question of the checklist that is marked as critical.",
        "Look at some with `synthgen why`; say in the prompt what the question asks for.",
    ),
    "judge.low": Reason(
        "The judge answers no to too many questions of the checklist (checks.judge.least).",
        "Look at some with `synthgen why`; say in the prompt what the questions ask for.",
    ),
    "judge.doubt": Reason(
        "The judge is in doubt (between checks.judge.doubt and checks.judge.least), or several judges are divided.",
        "Decide yourself: the rows lie in review.parquet.",
        review=True,
    ),
    "judge.unread": Reason(
        "No judge gave an answer that counts: it could not be read, or its quotes do not stand in the row.",
        "Take a larger model as judge; ask fewer and plainer questions.",
    ),
    "judge.unasked": Reason(
        "Nobody asked the judge: the budget is spent, or the command asks no model.",
        _ASK,
    ),
    "evolve.same": Reason(
        "A row that was made of another says nothing new.", "Ask in the prompt for one more condition or step by name."
    ),
    "evolve.easier": Reason(
        "A row that was to be harder than the one that it was made of demands less.",
        "Ask in the prompt for more than the parent demands; take a larger model.",
    ),
    "evolve.longer": Reason(
        "A row is far longer than the one that it was made of: another task in one.",
        "Say in the prompt how many words may be added.",
    ),
    "hidden.said": Reason(
        "A row says what was only to shape it, such as its persona.",
        "Say in the prompt that nobody speaks of who writes.",
    ),
    "constraint.unsaid": Reason(
        "The constraint that the answer keeps to does not stand in what is asked.",
        "Put the constraint behind the request with a step's function.",
    ),
    "constraint.broken": Reason(
        "The answer breaks a rule of its constraint.",
        "Say the constraint in the answer's prompt; ask for fewer at once.",
    ),
    "constraint.kept": Reason(
        "The answer to steer away from keeps to the constraint that it was to break.",
        "Say in its prompt which rule is to be broken.",
    ),
    "pair.lost": Reason(
        "Of two answers the one to steer away from won in both orders.",
        "Let a larger model, or a lower temperature, write the chosen one.",
    ),
    "pair.tie": Reason(
        "Neither of two answers won in both orders.",
        "Let the models or temperatures differ more, or plant a flaw; take a larger model as judge.",
    ),
    "pair.unasked": Reason(
        "Nobody asked which of two answers is better: the budget is spent, or the command asks no model.",
        _ASK,
    ),
    "harder.denied": Reason(
        "A model does not find the row harder than the one that it was made of, in both orders.",
        "Ask in the prompt for one named way to make it harder; take a larger model.",
    ),
    "harder.unasked": Reason(
        "Nobody asked whether the row is harder: the budget is spent, or the command asks no model.",
        _ASK,
    ),
    "split.leak": Reason(
        "A row of another split says nearly the same: the train row is given up.",
        "Vary more; give more seeds.",
    ),
    "select.reserve": Reason(
        "A good row that was not among the best: kept in reserve.", "Nothing: ask for more rows, or lower select.pool."
    ),
    "select.mismatch": Reason(
        "The answer is likelier without its prompt than with it: it may belong to another one.",
        "Look at some with `synthgen why`; say in the prompt that the answer must be to the question.",
    ),
    "surplus": Reason("A good row of a cell that was already full: kept in reserve.", "Nothing: ask for more rows."),
}
"""Code to meaning and advice, in the order in which checks run."""


def of(code: str, more: Mapping[str, tuple[str, str]] | None = None) -> Reason:
    """Return a code's meaning and advice; codes that begin with `own.` are the recipe's own checks.

    Args:
        code: the code.
        more: those that a task's schema gives, each with meaning and advice.
    """
    if more and code in more:
        return Reason(*more[code])
    return REASONS.get(code) or Reason(
        f"The recipe's own check '{code.removeprefix('own.')}' says so.", "Look at its evidence with `synthgen why`."
    )
