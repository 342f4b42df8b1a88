"""Text that went to pieces: more signs than letters, broken encodings, dumps of bytes and keys hit at random.

Gopher (Rae et al. 2021) drops a web page where a tenth of the words are `#` or `…`, or a fifth have no letter. On one
short text such bounds hit tables, sums and chat, so that the share of letters is counted instead, in what is left when
code, logs, tables and rules are set aside: letters, digits and emoji must be half of it or more. Mathematical signs,
drawings and dashes count on neither side. What else is broken has a form of its own (`_FORMS`), and must be half of the
text, or be nothing that a person writes: UTF-8 read as Latin-1 in two words, two characters of control.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

LEAST_VISIBLE = 10
"""Characters from which a share says something: `???!!!` is an answer in a chat."""
LEAST_SHARE = 0.5
SCREEN_SHARE = 0.25
"""A text that falls for its share of letters has this share of signs or more among all its visible characters."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\\\(.*?\\\)", re.DOTALL)
_LINE = re.compile(
    r"[;{}]\s*$|^\s*[{}\[\]<]|\w\(|\w\[|=>|->|</|\\\w|\w (?:[=!<>:]=|=) \w"  # code, patterns, data
    r"|\|.*\||\t|^\W*$|^\s*(?:\W{1,4}\s*)?[\d\s.,:/+*x×÷=()%€$£-]+$"  # tables, rules, sums
    r"|\b\w+://|^\s*[~$>#]\s"  # links, a shell's lines
)
_CHAT = re.compile(r"[!?.…]+|[:;=][-']?[()\[\]]+")
"""Marks that stand in for one: `?!?!` and `:-(`."""
_NEUTRAL = frozenset("+=<>^~|-–—_•·*")

_LATER = r"[\x{80}-\x{bf}ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]"
_MOJIBAKE = rf"Ã{_LATER}|Â[\x{{a0}}-\x{{bf}}]|â[€œ](?:{_LATER}|[\"'])|ðŸ{_LATER}|ï¼|ã€{_LATER}|[ÐÑ]{_LATER}"
_MOJIBAKE += r"|(?:Â ){2}|[┬├Γ][á-ÿ¼½¡«»É¥óôÇ£]"
_HEX = r"(?:\b(?:0x|\\x)?[0-9a-fA-F]{2}[ ,]+){7}"
_ENTITY = r"&(?:amp;)*(?:nbsp|quot|lt|gt|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
_ESCAPE = r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9A-F]{2}|=[0-9A-F]{2}|_x00[0-9A-F]{2}_)"
_CONSONANT = "[bcdfghjklmnpqrstvwxz]"
_ROWS = ("qwertyuiop", "qwertzuiopü", "asdfghjkl", "asdfghjklöä")
_BESIDE = frozenset(row[at : at + 4] for row in _ROWS for at in range(len(row) - 3))
"""Four keys side by side."""
_SMASHED = rf"(?i:{_CONSONANT}{{4}}|{'|'.join(sorted(_BESIDE))})"
_CONTROL = r"[\x00-\x08\x0e-\x1b\x7f\x{80}-\x{84}\x{86}-\x{9f}\x{e000}-\x{f8ff}]"
_TORN = "[a-z][&*#$%^~|@;,{}€§¡¿½¢£¤¥¬¶©®™°±µ¦ï]+[a-z]"
_RARE = r"[#@%&^~=*<>{}|]"
_PIECE = r"\w(?:@@ ?| ?##)\w"
_MIXED = r"[a-zA-Z][\x{400}-\x{4ff}]|[\x{400}-\x{4ff}][a-zA-Z]"
_SIGN = r"[!-/:-@\[-`{-~\x{80}-\x{10ffff}]"
_SIGNS = "\"#$%&'()*+,-/:;<=>@[\\]^`{|}~"
_TYPED_NEVER = r"[\x00-\x08\x0e-\x1b\x7f]"
_RUNS = "|".join(f"{re.escape(sign)}{{4}}" for sign in _SIGNS)
HINT_OF_RUNS = rf"(?s){_TYPED_NEVER}.*{_TYPED_NEVER}|[A-Za-z0-9+/]{{32}}|[^\s_.,/@-]{{20}}|(?: {{1,3}}\S){{8}}|{_RUNS}"
HINTS = (
    rf"(?s)(?:{_SMASHED}.*){{4}}|(?:[0-9a-fA-F]{{2}}[ ,]+(?:0x|\\x)?){{7}}",
    rf"(?s)(?:{_ENTITY}.*){{2}}|(?:{_ESCAPE}.*){{3}}|(?:\\u[0-9a-fA-F]{{4}}.*){{2}}|=\?[A-Za-z0-9_-]+\?[QBqb]\?",
    (
        rf"(?s)(?:{_TORN}.*){{3}}|(?:{_PIECE}.*){{3}}|^\s*\\n|\\n\s*$|\\{{4}}.*\\{{4}}|\{{\\rtf|(?:(?:\[\[|\]\]|\{{\||\|\}}|'{{3}}).*){{4}}|[\"{{}}\[\],:\\]{{10}}|(?:<[/!a-z].*>.*){{4}}"
        rf"|(?:{_RARE}[^\s\x1c-\x1f]*{_RARE}.*){{3}}"
    ),
)
HINT_OF_NOISE = rf"(?s)(?:(?:^|[\s\x1c-\x1f]){_SIGN}{{2,}}(?:[\s\x1c-\x1f]|$).*){{2}}|{_SIGN}{{10}}"
"""What signs between words need; where it is met, `SIGNS` are counted."""
SIGNS = rf"^{_SIGN}{{2,}}$"
_SET_ASIDE = r"```.*?(?:```|\z)|`[^`\n]*`|\$\$.*?\$\$|\\\(.*?\\\)"
HINT_OF_TAGS = rf"(?s)&amp;|^\S*(?:{_SET_ASIDE}|<(?:[^<>]|{_SET_ASIDE})*>|&\w+;|[\s\x1c-\x1f])+\S*$"
"""Another that needs `<`, `&` or at most one run of spaces: tags and code, and a word before and behind."""
HINTS_BEYOND = (
    rf"(?s){_CONTROL}.*{_CONTROL}|\x{{fffd}}.*\x{{fffd}}|\x{{200b}}.*\x{{200b}}|\p{{M}}{{3}}|(?:[\x{{334}}-\x{{338}}].*){{3}}|[^\x00-\x7f\p{{L}}\p{{N}}\s]{{4}}",
    rf"(?s)(?:{_MOJIBAKE}).*(?:{_MOJIBAKE})|â€[™œ“”]|ï»¿|¿½",
    rf"(?s)(?:{_MIXED}).*(?:{_MIXED})|(?:[▁Ġ]\w.*){{3}}",
)
"""Where none of these finds anything, none of the forms below is met; the last need characters beyond ASCII.

Polars searches a whole column for each.
"""


def _python(form: str) -> str:
    """Return a form in the patterns of Python, which writes a character by its number in another way."""
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\u{int(found[1], 16):04x}", form)


_MISREAD = re.compile(_python(_MOJIBAKE))
_BETWEEN = re.compile(r"[\s\"'`“”‘]+")
LEAST_MOJIBAKE = 2
_MOJIBAKE_SIGN = re.compile("[ÃÂâðïãÐÑ┬├Γ]")
_SURE = re.compile("â€[™œ“”]|ï»¿|¿½")
"""Nobody writes these: once is enough."""
_TAG = re.compile(r"<[^<>]*>")
_ABOUT_SIGNS = re.compile(
    r"\b(?:encod|decod|utf-?8|latin-?1|unicode|charset|character set|instead of|garbled|escape|html|hex|ascii)",
    re.IGNORECASE,
)
"""Who speaks of such signs shows some."""
WANTED = re.compile(
    r"\b(?:ascii|password|passphrase|hash|base ?64|hex\w*|binary|bytes|encode\w*|decode\w*"
    r"|emojis?|emoticons?|symbols?|draw|pattern"
    r"|morse|alphabet|letters?|html|json|wiki\w*|markup|keyboard|unicode|divider|separator|regex|regular expressions?"
    r"|formula|code|brackets)\b",
    re.IGNORECASE,
)
"""A question with one of these words may want such an answer."""
_TAGS = "div|span|p|br|ul|ol|li|body|html|head|script|style|table|t[drh]|font|img|h[1-6]|b|i|a|[a-z]:[a-z]"
_BROKEN = {
    "characters of control": (re.compile(_python(_CONTROL)), 2),
    "lost characters": (re.compile("\ufffd"), 2),
    "spaces without width": (re.compile("\u200b"), 5),
    "escapes": (re.compile(_ESCAPE), 3),
    "escapes of letters": (re.compile(r"\\u[0-9a-fA-F]{4}"), 2),
    "words of a mail's head": (re.compile(r"=\?[\w-]+\?[QBqb]\?"), 1),
    "entities": (re.compile(_ENTITY), 2),
    "pieces of words": (re.compile(rf"{_PIECE}|[▁Ġ]\w"), 3),
    "line breaks as they are written in code": (re.compile(r"\A\s*\\n|\\n\s*\Z"), 1),
    "letters of two scripts in a word": (re.compile(_python(_MIXED)), 2),
    "backslashes": (re.compile(r"\\{4,}"), 2),
    "rich text": (re.compile(r"\{\\rtf"), 1),
    "markup": (re.compile(rf"</?(?:{_TAGS})\b[^<>]{{0,80}}>|<!--"), 4),
    "markup of a wiki": (re.compile(r"\[\[|\]\]|\{\||\|\}|'{3}"), 4),
    "debris of JSON": (re.compile(r"[\"{}\[\],:\\]{10,}"), 1),
    "struck letters": (re.compile(r"[\u0334-\u0338]"), 3),
    "piled marks": (re.compile(r"[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]{3,}"), 2),
}
"""What nobody types, and from how many on it is no slip."""
_PARTS = {
    "runs of one sign": re.compile(r"([^\w\s.!?…])\1{3,}"),
    "letters one by one": re.compile(r"(?<!\S)(?:[^\W_] {1,3}){8,}[^\W_](?!\S)"),
    "bytes": re.compile(rf"{_HEX}(?:0x|\\x)?[0-9a-fA-F]{{2}}\b(?:[ ,]+(?:0x|\\x)?[0-9a-fA-F]{{2}}\b)*"),
    "one letter": re.compile(r"([^\W\d_])\1{19,}"),
    "encoded bytes": re.compile(
        r"(?<![\w/.-])(?=[A-Za-z+/]*\d)(?=[\d+/A-Z]*[a-z])(?=[\d+/a-z]*[A-Z])[A-Za-z0-9+/]{32,}={0,2}"
    ),
    "tags around nothing": re.compile(r"(?:<[^<>]*>|&\w+;|\s)+"),
}
"""What may stand in a text, but not be most of it: the share is counted in visible characters."""
_UNSPOKEN = re.compile(rf"^{_CONSONANT}{{4,}}$|{_CONSONANT}{{5}}|(?!ght|ngth|chts|tchs|rths|nths){_CONSONANT}{{4}}$")
_FOUR = re.compile(rf"{_CONSONANT}{{4}}")
"""What any such word holds."""
LEAST_SMASHED = 4
"""Words that no mouth can say, from which half a text of them is no slip and no list of names."""
LEAST_TORN, SHARE_TORN = 3, 0.4
LEAST_NOISE, SHARE_NOISE = 3, 0.12
SET_BETWEEN = frozenset(
    "== === != !== >= <= && || -> => <- --> <-- ++ -- += -= *= /= ** // :: := << >> ... .. …. ?! !? !! ?? ??? !!! --- "  # noqa: SIM905
    ".) :) :( :-) :-( ;) ;-) :/ \"\" '' () [] {}".split()
)
"""What people set between words: operators, rules and smileys."""
_SET_APART = re.compile(
    r"^\s*\||[\w)\]\"'][;{}]\s*$|^\s*[{}\[\]<]\W{0,2}\w|^\s*[{}\[\]]\W{0,2}$|^[-=*_~#\s]*$|^\s*[~$>#] "
)
"""Lines of tables, code and rules."""
_RARE_SIGN = re.compile(_RARE)
_TORN_WORD = re.compile(_TORN)
_SOUP = re.compile(r"[^\W_]+|[\W_]+")


def broken(text: str) -> str:
    """Return what shows that a text went to pieces, or nothing.

    What is left without code and tables must be half letters or more. With more signs than letters in that half, a
    quarter of all visible characters or more are signs: the search of a whole column relies on it, and on the hints.
    """
    visible = _visible(text)
    if len(visible) < LEAST_VISIBLE:
        return ""
    if not any(one.isalnum() for one in visible):
        return "no letter"
    return _form(text) or _share(text, visible)


def _share(text: str, visible: str) -> str:
    if len(visible) - sum(map(str.isalnum, visible)) < SCREEN_SHARE * len(visible):
        return ""
    lines = (line for line in _CODE.sub(" ", text).split("\n") if not _LINE.search(line))
    plain = _visible(_CHAT.sub(lambda run: run.group()[:1], "\n".join(lines)))
    counted = [kind for one in plain if (kind := _kind(one)) != "neutral"]
    if len(plain) < max(LEAST_VISIBLE, len(visible) / 2) or len(counted) < LEAST_VISIBLE:
        return ""
    share = counted.count("letter") / len(counted)
    return f"{share:.0%} letters and digits" if share < LEAST_SHARE else ""


def _form(text: str) -> str:
    """Return which form of broken text is met outside code, or nothing."""
    plain = _CODE.sub("\n", text)
    size = len(_visible(plain))
    if size < LEAST_VISIBLE:
        return ""
    if not _ABOUT_SIGNS.search(_TAG.sub(" ", plain)):
        unlinked = re.sub(r"\w+://\S+", " ", plain) if "://" in plain else plain
        for name, (form, least) in _BROKEN.items():
            if len(form.findall(unlinked)) >= least:
                return name
        if _SURE.search(plain) or (_MOJIBAKE_SIGN.search(plain) and _mojibake(plain) >= LEAST_MOJIBAKE):
            return "UTF-8 read as Latin-1"
    for name, form in _PARTS.items():
        if sum(len(_visible(run)) for run in _runs(form, plain)) >= LEAST_SHARE * size:
            return name
    said = {
        "signs within words": _torn(plain),
        "signs between words": _noise(plain),
        "keys hit at random": _smashed(plain) or _soup(plain, size),
    }
    return next((name for name, met in said.items() if met), "")


def _mojibake(text: str) -> int:
    """Return how many words have signs of UTF-8 that was read as Latin-1."""
    return sum(bool(_MISREAD.search(word)) for word in _BETWEEN.split(text))


def _runs(form: re.Pattern[str], text: str) -> list[str]:
    """Return the parts of a text that have a form, without those that a person may have meant."""
    if form is _PARTS["tags around nothing"]:  # a page with words in it is an answer
        few = None if "&amp;" in text else 2
        found = [one.group() for one in islice(form.finditer(text), few)] if "<" in text else []
        return found if len(found) == 1 or re.search(r"&amp;\w+;", text) else []
    found = [one.group() for one in form.finditer(text)]
    if form is _PARTS["bytes"]:
        return [one for one in found if re.search(r"[a-fA-F]|0x|\\x", one)]
    if form is _PARTS["letters one by one"]:  # the alphabet is in order
        return [one for one in found if [*one.split()] != sorted(one.split())]
    if (
        form is _PARTS["runs of one sign"]
    ):  # rules above and below a heading, and tables, are drawn in lines of their own
        return [] if re.search(r"^\W*$", text, re.MULTILINE) else found
    return found


def _smashed(text: str) -> bool:
    """Say whether half of the words, and four of them, are keys that lie side by side or cannot be said."""
    plain = text.lower()
    if len(_FOUR.findall(plain)) + sum(map(plain.count, _BESIDE)) < LEAST_SMASHED:
        return False
    words = re.findall(r"[^\W\d_]{3,}", text)
    small = [word.lower() for word in words if not word.isupper()]
    met = [one for one in small if _UNSPOKEN.search(one) or any(keys in one for keys in _BESIDE)]
    return len(met) >= max(LEAST_SMASHED, len(words) / 2)


def _torn(text: str) -> bool:
    """Say whether four words in ten, and three of them, have signs among their letters."""
    words = text.split()
    torn = sum(
        bool(_TORN_WORD.search(word)) or (len(_RARE_SIGN.findall(word)) > 1 and any(map(str.isalnum, word)))
        for word in words
    )
    return torn >= LEAST_TORN and torn >= SHARE_TORN * len(words)


def _noise(text: str) -> bool:
    """Say whether an eighth of the words, and three of them, are signs alone, as nobody sets them between words."""
    lines = [line for line in text.split("\n") if not _SET_APART.search(line)]
    words = [word for line in lines for word in line.split()]
    odd = [one for one in words if len(one) > 1 and one not in SET_BETWEEN and all(map(_is_sign, one))]
    if len(odd) >= LEAST_NOISE and len(odd) >= SHARE_NOISE * len(words):
        return True
    return any(len(one) >= LEAST_VISIBLE and max(map(one.count, one)) * 2 < len(one) for one in odd)


def _is_sign(one: str) -> bool:
    return not one.isalnum() and not "\U0001f000" <= one <= "\U0001faff" and one not in "☀❤️\u200d\ufe0f"


def _soup(text: str, size: int) -> bool:
    """Say whether half of a text is in words of twenty characters in which letters and signs change all the time."""
    # Where words are written without spaces, each comma stands within one.
    words = [
        word for word in text.split() if len(word) >= 20 and word.isascii() and "/" not in word and "@" not in word
    ]
    mixed = [word for word in words if len(_SOUP.findall(word)) >= len(word) / 4 and len(set("-_.,") & set(word)) == 0]
    return sum(map(len, mixed)) >= LEAST_SHARE * size if mixed else False


def _visible(text: str) -> str:
    return "".join(text.split())


def _kind(one: str) -> str:
    """Return whether a character is a letter (digit, emoji), a sign, or counts on neither side."""
    if one.isalnum() or "\U0001f000" <= one <= "\U0001faff" or "☀" <= one <= "➿":
        return "letter"
    category = unicodedata.category(one)
    if category[0] in "MC":  # marks on letters, joiners of emoji
        return "letter" if category[0] == "M" else "neutral"
    return "neutral" if one in _NEUTRAL or category in {"Sm", "So", "Sk"} else "sign"
