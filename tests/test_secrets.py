"""Secrets that people tell in sentences are found and masked to the letter, and talk about secrets passes."""

from __future__ import annotations

import re
import time

import polars as pl
import pytest

from synthgen.checks import forms, hints
from synthgen.checks.safety import Search

TOLD = [
    "Hi, my wifi password is ⟦bluecactus88⟧ but the printer refuses to join.",
    "The alarm code is ⟦4471⟧, please switch it off before you go in.",
    "Could you unlock the card? The PIN I use is ⟦8391⟧.",
    "Door code for the cleaner: ⟦25804⟧.",
    "Log in as jana.k with ⟦Pelican_204⟧ and look for the invoice yourself.",
    "You can sign in with user deploy and password ⟦zebra-Quilt-91⟧.",
    'I always use "⟦correct horse battery staple⟧" as my passphrase, is that still safe?',
    "My passphrase is ⟦purple-otter-sings-loudly⟧, and the vault no longer opens.",
    "The PUK on my SIM card is ⟦48291077⟧ and it was rejected twice.",
    "For the voicemail just dial in and type ⟦7702⟧ when it asks for the code.",
    "Your one-time code is ⟦639204⟧. Do not share it with anyone.",
    "the 6 digit verification code i got is ⟦118 402⟧",
    "Security question: first pet. Answer: ⟦Biscuit⟧.",
    "The answer to my security question is ⟦Kowalczyk⟧.",
    "curl -u reports:⟦Gr4vel!path⟧ https://api.example.com/v1/rows",
    "curl -H 'X-Api-Key: ⟦7fq2Lk09sWmZ41⟧' https://api.example.com/orders",
    "export DB_PASS=⟦Autumn!Leaves7⟧",
    "postgres://app:⟦tulip7Garden⟧@db.internal:5432/shop is what we have in the file.",
    "Server=db1;Database=shop;User Id=sa;Password=⟦Winter#2041⟧;",
    "smtp_password: ⟦mailroom55⟧",
    "To do: 1) call plumber 2) change Netflix login (tom@example.com / ⟦Fluffy2016!⟧) 3) buy bread",
    'Draft: "Dear Ms Ott, your temporary password is ⟦Hx7-plum-22⟧. Please change it when you first log in."',
    "I set it to ⟦Sommer2023⟧ last week, and now the password is refused.",
    "Please reset my account. Old password ⟦Katze1998⟧, new password ⟦Katze1999⟧.",
    "I told the agent my PIN over the phone, ⟦4906⟧, was that a mistake?",
    "My pin: ⟦0417⟧. why does the machine say wrong pin?",
    "The gate opens with code ⟦1937⟧ and then the key sign.",
    "The code for the front door is ⟦6630⟧.",
    "The safe's combination is ⟦52-18-36⟧.",
    "My recovery code is ⟦9KD2-77XM-Q4TZ⟧ and the page says it has been used.",
    "Backup codes: ⟦55182093⟧, ⟦77410926⟧ and ⟦30294417⟧.",
    "Our guest network is called Fjord and the key is ⟦lachs-brot-17⟧.",
    "Use the API token ⟦b7c1e09af34d4e21⟧ in the header.",
    "auth_token = '⟦pq81Zx77LmNo⟧'",
    "my apple id password, ⟦Giraffe#12⟧, stopped working after the update",
    "He wrote ⟦Bella2011⟧ on a sticky note, it is the password of the till.",
    "Laptop login: ⟦frog.Pond.9⟧",
    "username: mkay, pw: ⟦redbike42⟧",
    'Username anna.berg, password "⟦lemontree⟧" (all small letters).',
    "The password is '⟦tangerine⟧', all lower case.",
    "Just enter ⟦open-sesame-now⟧ as the password for the shared folder.",
    "My voicemail PIN is ⟦5150⟧, yet it says the mailbox is locked.",
    "Alarm: arm with ⟦8086⟧, disarm with the same code.",
    "I got a text saying ⟦402917⟧ is my verification code, but I never asked for it.",
    "⟦771038⟧ is your login code.",
    "the parental control pin on the tv is ⟦2468⟧",
    "Our bank app wants the old PIN (⟦7193⟧) before it takes a new one.",
    "I changed my PIN from ⟦1122⟧ to ⟦9035⟧ at the machine yesterday and now neither works.",
    "Here is the license key ⟦XK4P9-77LQM-2ZT8R-B6W3D⟧ for the editor.",
    "Garage keypad: ⟦9071⟧.",
    'Sure! Log in with the username "guest" and the password "⟦Harbor_Light9⟧".',
    "ssh pi@192.168.1.20, password is ⟦raspberry1⟧",
    "mysql -u root -p⟦Tannenbaum7⟧ shop",
    "Zoom passcode: ⟦883120⟧",
    "Meeting ID 812 3344 5566, passcode ⟦Q7xv2P⟧.",
    "My phone's unlock code is ⟦1590⟧ if the technician needs it.",
    "Telephone banking password? I think it is '⟦Moonraker⟧', capital M.",
    "Authorization: Bearer ⟦a81hJd93kLs02mNb⟧",
    "Set SECRET_KEY to ⟦vD9$kq2!xZ⟧ in settings.py.",
    "Tell Dad the Netflix password changed to ⟦popcorn4ever⟧.",
    "My seed phrase is ⟦orbit lamp velvet canyon tiger mango silver drift acorn pepper noble quilt⟧.",
    "My memorable word is '⟦thistle⟧'.",
    "client_secret=⟦8Qw~Zt1.pLx0⟧&grant_type=client_credentials",
    "My password for the portal used to be ⟦Hamster77⟧; nobody can guess that, right?",
    "Is ⟦Liverpool1892⟧ a good password for my bank?",
    "The Wi-Fi at the cabin: network Birch, password ⟦snowdrift2020⟧.",
    "For the locker enter ⟦0852⟧ on the keypad.",
    "My card got swallowed. PIN ⟦6614⟧, card ending in 2231.",
    "Your temporary PIN will be ⟦5527⟧ until the new card arrives.",
    "Die PIN lautet ⟦4711⟧.",
]
"""Texts that give a secret away, which stands in brackets."""

HARMLESS = [
    "My password no longer works since Monday.",
    "PIN arrived on 12.03. but the card did not.",
    "The code 4711 on the parcel label cannot be read.",
    "Choose a 4-digit PIN and keep it to yourself.",
    "A password needs 12 characters, one digit and one sign.",
    "I entered the wrong PIN 3 times and the card is blocked.",
    "Is WPA2 or WPA3 better for a wifi password?",
    "Enable 2FA and use OAuth2 instead of a password.",
    "Passwords are stored as SHA256 hashes.",
    "Your order code is 83920174.",
    "My PIN was sent to the old address in 2019.",
    "Enter <your password> and press OK.",
    "export API_KEY=YOUR_KEY_HERE",
    "password = input('Password: ')",
    "The alarm code was changed on 14 March 2024.",
    "The claim number 20391188 has no password.",
    "I changed my password on 2024-05-11 at 10:45.",
    "The meter reads 48213 and the door code is new.",
    "The tracking code 00340434161094 says delivered.",
    "The voucher code SAVE20 is not accepted.",
    "The verification code expires after 10 minutes.",
    "I never received the verification code, error 5003.",
    "Use a password manager such as 1Password or KeePass2.",
    "My iPhone 14 asks for the passcode every hour.",
    "Windows 11 wants a PIN instead of a password.",
    "The PIN for card ending 4417 is blocked.",
    "Reset password for ticket 58213, please.",
    "The recovery code has 16 characters and is printed on page 2.",
    "The PUK is printed on the card your SIM came in.",
    "The password policy changed in version 10.2.1.",
    "Call 555-0123 if you forgot your PIN.",
    "A replacement PIN costs 1500 yen.",
    "Two people share the door code of flat 1204.",
    "The code on the back of the card is the CVV.",
    "The password field accepts up to 64 characters.",
    "The API key page returns 404 since yesterday.",
    "The token limit is 4096 and the model stops there.",
    "My booking code ABC123 and the password do not match.",
    "I forgot the password for account 70023451.",
    "The zip code 90210 does not fit the PIN letter I got.",
    "The key to a strong password: 'length beats complexity'.",
    'The page says "wrong password" each time.',
    "It shows 'PIN incorrect, 2 tries left'.",
    "Click on 'Forgot password?' and follow the link.",
    'The button "Reset my password now" is grey.',
    'A phrase such as "<four random words>" makes a good passphrase.',
    "The password hint was 'first car'.",
    "Model RT-AC68U keeps asking for the wifi password.",
    "The password of router FB7590 is on the sticker.",
    "The security code (CVV2) has 3 digits.",
    "The serial number on the alarm is 77120934; the code is unknown.",
    "The keypad model KP-200 beeps when the code is wrong.",
    "The one-time password came at 18:42 and expired at 18:47.",
    "My PIN letter is dated 03/2024.",
    "JWT tokens signed with RS256 carry the user's id.",
    "The password must not contain your name or birth year (1987).",
    "Use $DB_PASSWORD or ${API_KEY} and never the value itself.",
    "The password is the same as before.",
    "Never use 'password' or '123456' as a password.",
    "Your PIN should not be 1234 or your year of birth.",
    "Passwords like Summer2023 are easily guessed.",
    "The sign-in page is at /login/v2 now.",
    "I was charged 4500 for a new door key.",
    "The alarm went off at 0430, and the code did nothing.",
    "Policy 88213456, PIN blocked, please help.",
    "My customer PIN is not the same as my customer number 5582031.",
    "The verification code never came to the phone ending 7734.",
    "Press 5 for voicemail and enter your PIN followed by #.",
    "The wifi code is on the back of the modem (model 2200).",
    "Room 1408: the door code is given at check-in.",
    "The ISO 9564 standard says how a PIN is handled.",
    "Login with Face ID fails on iOS17.",
    "Sign in with your Google account or with GitHub.",
    "I signed in as administrator with no trouble.",
    "Security question: what is the name of your first pet?",
    "The answer to the security question was refused.",
    "The error code 1603 came when I typed the password.",
    "Our API allows 5000 calls an hour with one token.",
]
"""Texts that talk of secrets and give none away."""

MANY = 2 * hints.SMALL
"""Rows from which on a column is searched by patterns, not row by row."""


def masked(text: str) -> str:
    """Return a text with a mark for what stands in brackets."""
    return re.sub("⟦.*?⟧", "<SECRET>", text)


def plain(text: str) -> str:
    """Return a text without brackets as masking leaves it."""
    return Search().mask(text.replace("⟦", "").replace("⟧", ""))[0]


def alarms(text: str) -> list[str]:
    """Return what shows each secret that is found in a text."""
    return [one.shown() for one in forms.search(text) if one.code == "safety.secret"]


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_is_masked_and_no_more(text: str) -> None:
    """The secret goes, to the letter, and what stands around it stays."""
    assert plain(text) == masked(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_talk_of_secrets_passes(text: str) -> None:
    """Rules, mishaps, other numbers and placeholders are no secrets."""
    assert alarms(text) == []


def test_there_are_enough_of_both() -> None:
    """There are sixty ways to tell a secret and sixty look-alikes, each once."""
    assert min(len(set(TOLD)), len(set(HARMLESS))) >= 60


@pytest.mark.parametrize("text", TOLD)
def test_evidence_shows_the_noun_and_nothing_of_the_secret(text: str) -> None:
    """What shows a find says what it is of, and has no letter of the secret."""
    secrets = re.findall("⟦(.*?)⟧", text)
    shown = alarms(text.replace("⟦", "").replace("⟧", ""))
    assert len(shown) == len(secrets)
    assert not any(part in one for one in shown for secret in secrets for part in (secret[:3], secret[-3:]))


def test_a_large_column_and_a_small_one_get_the_same_finds() -> None:
    """Whether rows are looked at one by one or by the patterns of a whole column, the same are found."""
    texts = [text.replace("⟦", "").replace("⟧", "") for text in TOLD + HARMLESS]
    alone = [list(Search().column(pl.Series([text]))) for text in texts]
    together = dict(Search().column(pl.Series(texts + ["Nothing stands here."] * MANY)))
    assert [[hit for _, hits in one for hit in hits] for one in alone] == [
        together.get(n, []) for n in range(len(texts))
    ]


def test_several_secrets_are_masked_in_one_go() -> None:
    """A list of codes, an old and a new password, a login and a key: all of them go."""
    text = "Old PIN 4471, new PIN 9035; backup codes: 55182093, 77410926. Key: API key b7c1e09af34d4e21."
    plain, codes = Search().mask(text)
    wanted = "Old PIN <SECRET>, new PIN <SECRET>; backup codes: <SECRET>, <SECRET>. Key: API key <SECRET>."
    assert (plain, codes) == (wanted, ["safety.secret"])


@pytest.mark.parametrize(
    "piece",
    [
        "password ", "PIN ", "the code of the door ", "a1-", "a-b-", "Ab1!", " 1 2 3 4", "'a b", '"', "password: ",
        "key_", "admin / ", "x@y.zz / ", "log in as ", "security question ", "answer ", "recovery phrase ", "abc ",
        "my password: abc ", "user a, ", "PIN 1234 and ", "a=", "curl -u a:", "it is ", "&a=", "?password=", "((", "..",
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Long texts of one piece, which a careless pattern would read over and over, take a moment."""
    start = time.process_time()
    list(Search().column(pl.Series([piece * (100_000 // len(piece)) + "X1y2Z3!"])))
    assert time.process_time() - start < 5
