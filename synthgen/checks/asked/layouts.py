"""What an answer may have to be laid out as: formats of data, tables and lists.

Each form's words stand here without the verb or link that makes a wish of them; `reading` looks for those.
"""

from __future__ import annotations

from synthgen.checks.asked import marks, measures
from synthgen.checks.asked.form import NEXT, Form, Judge, form
from synthgen.checks.asked.lengths import NUMBER
from synthgen.checks.asked.marks import without

_BEGUN = r"(?:^|[.!?:;,(]\s?|\b(?:and|please|then|to|must|should|can you|you|but) )"
"""Where a verb begins a request."""
_THING = (
    r"(?:[ -](?:(?:un)?ordered |definition )?(?:object|array|header|list|dictionary|document|string|snippet|code|data|lines?|rows?|file"
    r"|format|form|table|tags?|elements?|page|markup|block|mapping|records?|entry|output|response|fragment|list items?|syntax"
    r"|structure|style|table rows?|config(?:uration)?|payload|example|template|body|spec|manifest|feed|note|message|statement|query|representation|version|description|schema|paragraph|heading|link|button))?"
)
_PIECE = r"(?:(?:line|piece|snippet|bit|block|row|string)s? of (?:valid |plain )?)?"
_LIST_OF = rf"(?:lists? of (?:{NUMBER} )?(?:short |brief |key |main )?)?"
_SEPARATED = r"\b(?:separated?|divided|split|delimited|delimit|joined|join)(?: \w+){0,2} (?:by|with|using)"
_MARKING = r"\b(?:start|begin|mark|prefix|precede) (?:each|every|all)(?: of (?:the|your|them))?(?: \w+)? with"
_STAR = r"(?:dash|hyphen|star|asterisk|bullet)(?:e?s)?"
_NO_DATA_IN_TABLE = (
    r"(?!(?: out)? (?:of contents|(?:of|from|with) (?:wood|oak|pine|pallets|metal|glass|scratch|lego|legs)"
    rf"|for {NUMBER}\b(?! \w+s\b)|for (?:my|our|the) (?:kitchen|garden|wedding|party|dinner)"
    r"|tennis|saw|cloth|manners|lamp|leg))"
)
_OTHER_TABLE = (
    r"(?P<other>\b(?:time|water|periodic|dinner|coffee|dining|kitchen|pool|round|multiplication|times|bedside|head|operating|picnic"
    r"|negotiating|tennis|card|glass|oak|wooden|garden|corner|billiard|massage|work|write|league|database|hash|lookup|pivot|sql)[ -])?"
)


def _data(name: str, lacks: Judge) -> Form:
    """Return a format of data, whatever it is a format of: "JSON", "a JSON object", "an HTML table"."""
    said = rf"(?<![\w./@=-])(?:{_PIECE}|the (?=(?:{name})(?: format| only|[.,:;!?]|$| for\b| of\b)))(?:{name}){_THING}\b(?!/){NEXT}"
    return form(name.partition("|")[0], said, name.lower(), lacks, "format")


DATA = (
    _data("JSON", marks.no_json),
    _data("YAML|YML", without(r"^[ \t]*(?:- )?[\"']?\w[\w ./-]{0,60}[\"']?:(?:\s|$)|^[ \t]*- \S")),
    _data("TOML", without(r"^[ \t]*[\w.\"-]+ ?= ?\S|^[ \t]*\[[\w.]+\]")),
    _data("XML|SVG", without(r"</?\w")),
    _data("HTML", without(r"</?\w")),
    _data("CSV|TSV|comma-separated values|comma separated values|tab-separated values", marks.no_rows),
    _data("Markdown", without(r"^#|\*\*|^[ \t]*[-*+] |`|\||\]\(|^[ \t]*\d+[.)] |^>|_\w")),
    _data("LaTeX", without(r"\\|\$")),
    _data("SQL", without(r"\b(?:select|insert|update|delete|create|alter|drop)\b")),
    form("a Python value", (r"python (?:list|dict(?:ionary)?|tuple|set)",), "python", without(r"[\[({]")),
    form("an array", r"\b(?:as|in) an? array\b", " array", without(r"[\[({]"), "anywhere"),
)
LISTS = (
    form(
        "a list",
        (
            rf"{_LIST_OF}bullets",
            rf"{_LIST_OF}bullet[ -]?points?",
            r"bullet(?:ed|[ -]point(?:ed)?)?[ -](?:list|form|format|style|summary|outline|overview|item)s?",
            r"bulleted",
            r"unordered list",
            r"point form",
            r"dot points",
            r"dash(?:ed)? list",
            r"bullet(?= (?:for|before|in front of) each| per \w+)",
            r"list (?:form(?:at)?|style)",
        ),
        "bullet|unordered list|point form|dot points|dash|list form|list style",
        marks.no_list,
    ),
    form(
        "a list",
        rf"{_BEGUN}(?:(?:bullet[ -]?point|bullet(?: out)?) (?:the|your|each|all|its|my|them|it|out)\b|itemi[sz]e\b)|\b(?:point by point|item by item)\b"
        r"|\b(?:dashes|hyphens|asterisks) (?:to (?:list|mark|separate)|for (?:each|the)|as (?:bullets|marks))\b",
        "bullet|itemi|point by point|item by item|dashes|hyphens|asterisks",
        marks.no_list,
        "anywhere",
    ),
    form(
        "a list",
        r"(?<![\w./@-])list(?:[ -](?:form(?:at)?|style))?\b(?=[.,:;!?)]|\s*$|,? (?:please|only))",
        "list",
        marks.no_plain_list,
        "linked",
    ),
    form(
        "a numbered list",
        (
            r"numbered (?:\w+ )?(?:list|format|form|order|outline|guide|overview|sequence|[a-z-]+s)",
            r"ordered list",
            r"enumerated list",
            r"numerical list",
            r"enumeration",
        ),
        "numbered|ordered list|enumerat|numerical",
        marks.no_numbers,
    ),
    form(
        "a numbered list",
        rf"{_BEGUN}number (?:your|the|each|them|every|all)\b(?! of)|\b(?:labelled|labeled|marked|called|named) (?:as )?[\"“']?step (?:1|one)\b"
        r"|\bnumbering (?:the|your|each|every)\b|\bstep (?:1|one),? (?:and )?step (?:2|two)\b|\b1[.)],? (?:and )?2[.)]|\bnumbered(?=[.,:;!?)]|\s*$| from\b| 1\b| one\b|,? please)|\bwith (?:a )?numbers? (?:in front|before)\b",
        "number|step 1|step one|1., 2|1), 2|1. 2.|1) 2)|1., and 2|1. and 2",
        marks.no_numbers,
        "anywhere",
    ),
    form(
        "lettered items",
        (r"lettered (?:list|items|points|options)", r"labell?ed a, b"),
        "lettered|labelled a|labeled a",
        without(r"(?:^|\s)\(?a[.):]"),
    ),
    form(
        "a checklist",
        (r"(?:check|to-?do|tick)[ -]?list(?:[ -](?:form|format|style))?", r"check[ -]?boxes", r"tick[ -]?boxes"),
        "checklist|check list|check-list|checkbox|check box|to-do|todo list|todo-list|tick",
        marks.no_list,
    ),
    form("steps", (rf"{NUMBER} (?:\w+ )?(?:steps|points|stages)",), "steps|points|stages", marks.no_steps, "linked"),
    form("Roman numerals", r"\broman numerals?\b", "roman", without(r"(?-i:\b[IVXLCDM]+\b)")),
    form(
        "one on each line",
        r"\b(?:one|each|every)(?: \w+)? (?:on|in|to) (?:each|a new|its own|a separate|every|one|a|a single) line\b|\b(?:one|an?|each)(?: \w+)? per line\b"
        r"|\b(?:one|each) a line\b|\bon (?:separate|different|individual|new) lines\b|\ba (?:new )?line (?:for )?each\b|\bline by line\b",
        "line",
        measures.one_a_line,
        "anywhere",
    ),
    form(
        "marked lines",
        rf"{_MARKING} (?:a |an )?{_STAR}\b|\b{_STAR} (?:in front of|before) (?:each|every|the)\b",
        "dash|hyphen|a star|asterisk|bullet",
        without(r"^[ \t]*[-–—*•]"),
        "anywhere",
    ),
    form(
        "commas",
        rf"\bcomma[ -](?:separated|delimited)\b(?! values)|{_SEPARATED} commas?\b",
        "comma",
        marks.no_rows,
        "anywhere",
    ),
    form(
        "semicolons",
        rf"\bsemicolon[ -](?:separated|delimited)\b|{_SEPARATED} (?:a )?semicolons?\b",
        "semicolon",
        without(";"),
        "anywhere",
    ),
    form(
        "bars",
        rf"\b(?:pipe|bar)[ -](?:separated|delimited)\b|{_SEPARATED} (?:a )?(?:pipes?|vertical bars?|(?:forward )?slash(?:es)?)\b",
        "pipe|bar|slash",
        without(r"\||/"),
        "anywhere",
    ),
)
TABLES = (
    form(
        "a table",
        rf"\b{_OTHER_TABLE}(?:pros?[ -]and[ -]cons? |pro/con )?table\b{_NO_DATA_IN_TABLE}{NEXT}",
        "table",
        marks.no_table,
        "format",
    ),
    form(
        "a table",
        (
            r"tab(?:le|ular)[ -](?:form(?:at)?|layout|overview|view|comparison|manner|style)",
            r"(?:comparison|side[- ]by[- ]side) (?:chart|grid|matrix)",
            r"rows and columns",
            r"(?:two|three|four|\d)[ -]columns?",
        ),
        "table|tabular|chart|grid|matrix|column",
        marks.no_table,
    ),
    form("a table", rf"{_BEGUN}tabulate\b", "tabulate", marks.no_table, "anywhere"),
)
FORMS = (*DATA, *TABLES, *LISTS)
